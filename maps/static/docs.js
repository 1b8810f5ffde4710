// The API's page: Swagger UI over our own description; nothing is asked of anybody else.

window.addEventListener("DOMContentLoaded", () => {
  SwaggerUIBundle({
    url: "/api/openapi.json",
    dom_id: "#api",
    deepLinking: true,
    validatorUrl: null,
    docExpansion: "list",
  });
});
