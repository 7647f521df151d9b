"""Parts of the sidecar: HTTP server, sign-in, and the content of the dashboard."""
