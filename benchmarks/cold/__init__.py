"""Cold starts and warm requests of the built `api` function in Lambda's own runtime."""
