"""The dashboard as a browser gets it: sessions over a web socket, links to all parts, money that must not be sent."""
