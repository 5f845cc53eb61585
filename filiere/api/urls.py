"""The API object; each app's operations are attached in filiere.api.operations."""

from ninja import NinjaAPI

api = NinjaAPI(title="Filière", version="1", urls_namespace="api")
