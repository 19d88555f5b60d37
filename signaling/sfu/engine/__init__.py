"""The engines that carry packets out: one interface, several ways into the kernel."""
