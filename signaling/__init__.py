"""The live lesson: who is in it, what they say to each other, and the pictures between them."""
