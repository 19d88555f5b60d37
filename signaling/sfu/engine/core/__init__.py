"""The compiled core of the engine `pump`: its sources, and the module that is built from them where it can be."""
