using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ProcessEngine.Service.Kernel;

/// <summary>What <c>/openapi/v1.json</c> says beyond the shapes: parameters, headers, problems, the key.</summary>
public static class ApiDescription
{
    static readonly (string Name, string Description) Limit = (
        "limit", $"Items on a page, 1 to {Paging.MaxLimit}; {Paging.DefaultLimit} when left out.");
    static readonly (string Name, string Description) Cursor = ("cursor", "The `next` of the page before.");

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        // A request is called after its use case: "ActOnUserTaskRequest", not one "Request" among many.
        options.CreateSchemaReferenceId =
            type => type.Type.DeclaringType is { } owner && OpenApiOptions.CreateDefaultSchemaReferenceId(type) is not null
                ? owner.Name + type.Type.Name.Split('`')[0]
                : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(Core.Calendar.DeadlineRule))
                schema.Description =
                    "A rule with its parameters, for example {\"rule\":\"working_days_range\",\"min\":1,\"max\":5}; "
                        + "see docs/working-time.md.";
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "ProcessEngine",
                Version = "v1",
                Description = "Procedures of an office as running cases. Times carry an offset; ids are UUIDv7.",
            };
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

    /// <summary>Query parameters, each with its meaning.</summary>
    public static RouteHandlerBuilder Query(this RouteHandlerBuilder route, params (string Name, string Description)[] parameters) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            foreach (var (name, description) in parameters)
                Add(operation, ParameterLocation.Query, name, description);
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
                "Idempotency-Key",
                "Printable ASCII, at most 200 characters. The same key with the same request gives the first answer again.");
            return Task.CompletedTask;
        });

    /// <summary>The task's ETag guards the act against a change that the caller did not see.</summary>
    public static RouteHandlerBuilder Guarded(this RouteHandlerBuilder route) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        Add(operation, ParameterLocation.Header, "If-Match", "The task's ETag, for example \"17\"; or send `revision` in the body.");
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
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Examples = name == "from" ? [JsonValue.Create("2026-03-06T09:00:00+07:00")] : null,
            },
        });
    }
}
