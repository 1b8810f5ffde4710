"""The one store: a private PostGIS cluster or any PostGIS server, its connections, policies and migrations."""
