"""The sidecar's parts behind its routes: the socket, the sign-in, the words and lines of the page."""
