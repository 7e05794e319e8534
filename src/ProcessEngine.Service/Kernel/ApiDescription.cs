using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace ProcessEngine.Service.Kernel;

/// <summary>What <c>/openapi/v1.json</c> says beyond the shapes: parameters, headers, problems, the key.</summary>
public static class ApiDescription
{
    const string DocumentName = "v1";
    const string IdempotencyKey = "Idempotency-Key";

    /// <summary>Query parameters that are whole numbers wherever they stand.</summary>
    static readonly string[] Numbers = ["limit", "year", "fiscalYear", "version", "n", "min", "max", "minutes"];

    static readonly (string Name, string Description) Limit = (
        "limit", $"Items on a page, 1 to {Paging.MaxLimit}; {Paging.DefaultLimit} when left out.");
    static readonly (string Name, string Description) Cursor = ("cursor", "The `next` of the page before.");

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi(DocumentName, options =>
    {
        var schemas = new ApiSchemas();
        options.CreateSchemaReferenceId = schemas.NameOf;
        options.AddSchemaTransformer(schemas.DescribeAsync);
        options.AddDocumentTransformer(CompleteAsync);
        options.AddDocumentTransformer(schemas.RelaxRequestsAsync);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "ProcessEngine",
                Version = "v1",
                Description = "Procedures of an office as running cases. Times carry an offset; ids are UUIDv7.",
            };
            // Whoever reads it found it: behind a proxy the service does not know its own name.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes["apiKey"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key.",
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("apiKey", document)] = [] }];
            return Task.CompletedTask;
        });
    });

    /// <summary><c>GET /openapi/v1.json</c>, for everybody: it is made once, since nothing in it changes while the service runs.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var text = new Lazy<Task<byte[]>>(() => WriteAsync(routes.ServiceProvider));
        routes.MapGet("/openapi/v1.json", async () => Results.Bytes(await text.Value, "application/json; charset=utf-8"))
            .AllowAnonymous().ExcludeFromDescription();
    }

    static async Task<byte[]> WriteAsync(IServiceProvider services)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(DocumentName).GetOpenApiDocumentAsync();
        using var text = new MemoryStream();
        await document.SerializeAsJsonAsync(text, OpenApiSpecVersion.OpenApi3_1);
        return text.ToArray();
    }

    /// <summary>What is true of every operation, and is said at none: it has a name in words, needs a key, and reads bodies.</summary>
    static Task CompleteAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        // Each is answered as its GET is, without a body.
        foreach (var path in document.Paths.Values)
            path.Operations?.Remove(HttpMethod.Head);
        foreach (var (method, operation) in document.Paths.SelectMany(path => path.Value.Operations ?? []))
        {
            operation.Summary ??= InWords(operation.OperationId ?? "");
            operation.Responses ??= [];
            foreach (var status in AnsweredByAny(method, operation.Parameters ?? []).Select(s => s.ToString(CultureInfo.InvariantCulture)))
                operation.Responses.TryAdd(status, ProblemOf(status, document));
        }

        return Task.CompletedTask;
    }

    static IEnumerable<int> AnsweredByAny(HttpMethod method, IEnumerable<IOpenApiParameter> given)
    {
        yield return StatusCodes.Status401Unauthorized;
        if (given.Any(p => p.In == ParameterLocation.Query))
            yield return StatusCodes.Status400BadRequest;
        if (given.Any(p => p.In == ParameterLocation.Path))
            yield return StatusCodes.Status404NotFound;
        if (method == HttpMethod.Get)
            yield break;
        // Whatever changes something reads a body and an Idempotency-Key: the same key with another request, or while the first is under
        // way, is refused.
        yield return StatusCodes.Status400BadRequest;
        yield return StatusCodes.Status409Conflict;
        yield return StatusCodes.Status413PayloadTooLarge;
        yield return StatusCodes.Status415UnsupportedMediaType;
        yield return StatusCodes.Status422UnprocessableEntity;
    }

    static OpenApiResponse ProblemOf(string status, OpenApiDocument document) => new()
    {
        Description = ReasonPhrases.GetReasonPhrase(int.Parse(status, CultureInfo.InvariantCulture)),
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [Problem.ContentType] = new() { Schema = new OpenApiSchemaReference(nameof(Problem), document) },
        },
    };

    /// <summary><c>ListOfficeRoles</c> → List office roles.</summary>
    static string InWords(string name) => string.Concat(
        name.Select((c, i) => i > 0 && char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : c.ToString()));

    /// <summary>Query parameters, each with its meaning.</summary>
    public static RouteHandlerBuilder Query(this RouteHandlerBuilder route, params (string Name, string Description)[] parameters) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var (name, description) in parameters)
                Add(operation, ParameterLocation.Query, name, description);
            return Task.CompletedTask;
        });

    /// <summary>A query parameter that is one of some words.</summary>
    public static RouteHandlerBuilder Choice(this RouteHandlerBuilder route, string name, string description, params string[] words) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            Add(operation, ParameterLocation.Query, name, description);
            var schema = (OpenApiSchema)operation.Parameters![^1].Schema!;
            schema.Enum = [.. words.Select(word => JsonValue.Create(word))];
            return Task.CompletedTask;
        });

    public static RouteHandlerBuilder Paged(this RouteHandlerBuilder route) => route.Query(Limit, Cursor);

    /// <summary>A request that changes something: it takes an Idempotency-Key.</summary>
    public static RouteHandlerBuilder Idempotent(this RouteHandlerBuilder route) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            Add(
                operation,
                ParameterLocation.Header,
                IdempotencyKey,
                "Printable ASCII, at most 200 characters. The same key with the same request gives the first answer again.");
            return Task.CompletedTask;
        });

    /// <summary>The ETag of what is acted on guards it against a change that the caller did not see.</summary>
    public static RouteHandlerBuilder Guarded(this RouteHandlerBuilder route) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        Add(
            operation, ParameterLocation.Header, "If-Match",
            "The ETag of what is acted on, for example \"17\"; of a task also as `revision` in the body.");
        return Task.CompletedTask;
    });

    /// <summary>The refusals that a caller should expect.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in statuses)
            route.Produces<Problem>(status, Problem.ContentType);
        return route;
    }

    static void Add(OpenApiOperation operation, ParameterLocation place, string name, string description)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = name,
            In = place,
            Description = description,
            Schema = place == ParameterLocation.Query ? SchemaOf(name, description) : new OpenApiSchema { Type = JsonSchemaType.String },
        });
    }

    static OpenApiSchema SchemaOf(string name, string description) =>
        name == Limit.Name ? new() { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = $"{Paging.MaxLimit}" }
        : Numbers.Contains(name) ? new() { Type = JsonSchemaType.Integer }
        : description.StartsWith("true", StringComparison.Ordinal) ? new() { Type = JsonSchemaType.Boolean }
        : new() { Type = JsonSchemaType.String };

    /// <summary>A file in a form, and with it what else the form says.</summary>
    public static RouteHandlerBuilder TakesFile(this RouteHandlerBuilder route, params (string Name, string Description)[] fields) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var form = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string> { "file" },
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                },
            };
            foreach (var (name, description) in fields)
                form.Properties[name] = new OpenApiSchema { Type = JsonSchemaType.String, Description = description };
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { ["multipart/form-data"] = new() { Schema = form } },
            };
            return Task.CompletedTask;
        });
}
