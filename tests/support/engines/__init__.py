"""The engines that the tests run on: a server of their own, and every shop on it where an option asks for that."""
