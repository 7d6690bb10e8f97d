// Swagger UI (Apache 2.0) shows the description that this server gives of itself.
window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
})
