using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Reviews;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Studio;

/// <summary>
/// <c>POST /elsa/api/presence/{key}</c>: an open page of a procedure says so every few seconds, and is told who else works on it. Ours,
/// not Elsa's: it stands here because it takes the cookie, and only from a page of ours.
/// </summary>
static class StudioPresence
{
    public static void Map(IEndpointRouteBuilder api) => api.MapPost("/presence/{key}", PostAsync);

    static async Task<IResult> PostAsync(HttpContext http, string key, Database database, TimeProvider time, Words words)
    {
        var studio = http.Studio();
        var (now, user) = (time.GetUtcNow(), studio.Caller.UserId);
        OfficeDefinition? definition;
        await using (var reading = await database.OpenAsync(http.RequestAborted))
            definition = await OfficeDefinitions.FindAsync(reading, studio.Office, key);
        if (definition is null)
            return Problems.From(new DefinitionNotFound(key));
        // Whoever only looks is in nobody's way.
        if (studio.MayEdit)
            await Presence.HereAsync(database, studio.Office, key, user, now, http.RequestAborted);
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var others = await Presence.OthersAsync(connection, studio.Office, key, user, now);
        return Results.Json(new { said = Presence.InWords(others) is { } text ? words[text] : "" }, StudioJson.Options);
    }
}
