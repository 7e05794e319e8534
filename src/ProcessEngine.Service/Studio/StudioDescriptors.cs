using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Studio;

/// <summary>
/// What Studio asks before it can draw: which kinds of activity there are (<see cref="StudioActivities"/>) in the form that it reads,
/// and some lists that are short here.
/// </summary>
public static class StudioDescriptors
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/descriptors/activities", ActivitiesAsync);
        api.MapGet("/descriptors/expression-descriptors", () => StudioApi.List(Expressions));
        api.MapGet("/descriptors/storage-drivers", () => StudioApi.List<object>([new
        {
            TypeName = "ProcessEngine.Case",
            DisplayName = "ข้อมูลของเรื่อง",
            Priority = 5,
            Deprecated = false,
        }]));
        api.MapGet("/descriptors/variables", () => StudioApi.List(VariableTypes));
        foreach (var none in new[]
        {
            "workflow-activation-strategies", "incident-strategies", "log-persistence-strategies", "commit-strategies/workflows",
            "commit-strategies/activities",
        })
            api.MapGet($"/descriptors/{none}", () => StudioApi.List<object>([]));
        // No hub: Studio asks again from time to time instead.
        api.MapGet("/features/installed", () => StudioApi.List<object>([]));
        api.MapGet("/features/installed/{name}", () => Results.NotFound());
        api.MapPost("/scripting/javascript/type-definitions/{id}", () => Results.Text("", "text/plain"));
        api.MapPost(
            "/descriptors/activities/{type}/options/{property}",
            () => Results.Json(new { Items = new Dictionary<string, object>() }, StudioJson.Options));
    }

    // Only literal values are run; the others stand here because Studio does not start without one of them. Publishing refuses what uses
    // them.
    static readonly object[] Expressions =
    [
        new
        {
            Type = "Literal",
            DisplayName = "ค่าคงที่",
            IsSerializable = true,
            IsBrowsable = false,
            Properties = new Dictionary<string, object>(),
        },
        new
        {
            Type = "Object",
            DisplayName = "รายการ",
            IsSerializable = true,
            IsBrowsable = false,
            Properties = new Dictionary<string, object> { ["MonacoLanguage"] = "json" },
        },
        new
        {
            Type = "Variable",
            DisplayName = "ข้อมูลของเรื่อง",
            IsSerializable = true,
            IsBrowsable = false,
            Properties = new Dictionary<string, object>(),
        },
        new
        {
            Type = "Input",
            DisplayName = "ข้อมูลเข้า",
            IsSerializable = true,
            IsBrowsable = false,
            Properties = new Dictionary<string, object>(),
        },
        new
        {
            Type = "JavaScript",
            DisplayName = "JavaScript (ไม่รองรับ)",
            IsSerializable = true,
            IsBrowsable = false,
            Properties = new Dictionary<string, object> { ["MonacoLanguage"] = "javascript" },
        },
    ];

    static readonly object[] VariableTypes =
    [
        new { TypeName = "String", DisplayName = "ข้อความ", Category = "ข้อมูลของเรื่อง", Description = "ข้อความ หรือรหัสของบุคคล" },
        new { TypeName = "Boolean", DisplayName = "ใช่/ไม่ใช่", Category = "ข้อมูลของเรื่อง", Description = "" },
        new { TypeName = "Int32", DisplayName = "จำนวนเต็ม", Category = "ข้อมูลของเรื่อง", Description = "" },
        new { TypeName = "Decimal", DisplayName = "จำนวนทศนิยม", Category = "ข้อมูลของเรื่อง", Description = "" },
        new { TypeName = "DateTime", DisplayName = "วันที่", Category = "ข้อมูลของเรื่อง", Description = "" },
    ];

    static async Task<IResult> ActivitiesAsync(HttpContext http, Database database, DefinitionFolder folder)
    {
        var surroundings = await SurroundingsAsync(http, database, folder.Forms);
        List<object> items = [.. StudioActivities.All.Select(a => (object)Describe(a, surroundings))];
        items.Add(new
        {
            TypeName = "Elsa.Flowchart",
            Namespace = "Elsa",
            Name = "Flowchart",
            Version = 1,
            Category = "Flowchart",
            DisplayName = "ผังงาน",
            Description = "ขั้นตอนและเส้นเชื่อม",
            Inputs = Array.Empty<object>(),
            Outputs = Array.Empty<object>(),
            Kind = "Action",
            Ports = Array.Empty<object>(),
            CustomProperties = new Dictionary<string, object>(),
            ConstructionProperties = new Dictionary<string, object>(),
            IsContainer = true,
            IsBrowsable = false,
            IsStart = false,
            IsTerminal = false,
        });
        return StudioApi.List(items);
    }

    static object Describe(StudioActivity a, StudioSurroundings s) => new
    {
        TypeName = StudioActivities.Prefix + a.Name,
        Namespace = "ProcessEngine",
        a.Name,
        Version = 1,
        a.Category,
        a.DisplayName,
        a.Description,
        Inputs = a.Inputs(s).Select(Describe),
        Outputs = Array.Empty<object>(),
        a.Kind,
        Ports = a.Ports(s),
        CustomProperties = new Dictionary<string, object>(),
        ConstructionProperties = new Dictionary<string, object>(),
        IsContainer = false,
        IsBrowsable = true,
        IsStart = a.Name == "Start",
        IsTerminal = a.Name == "End",
    };

    static object Describe(StudioInput input, int order) => new
    {
        input.Name,
        TypeName = input.Hint switch
        {
            "checkbox" => "Boolean",
            "checklist" or "multitext" or "dynamic-outcomes" => "String[]",
            _ => "String",
        },
        input.DisplayName,
        input.Description,
        Order = (float)order,
        IsBrowsable = true,
        IsSynthetic = false,
        // Bare values, as in the files: no expression can be chosen that would not be run. Only Studio's reader of outcomes insists on a
        // wrapped one.
        IsWrapped = input.Hint == "dynamic-outcomes",
        UIHint = input.Hint,
        Category = (string?)null,
        DefaultValue = input.Default,
        DefaultSyntax = input.Hint == "dynamic-outcomes" ? "Object" : "Literal",
        IsReadOnly = false,
        IsSensitive = false,
        StorageDriverType = (string?)null,
        UISpecifications = Specification(input),
    };

    static Dictionary<string, object>? Specification(StudioInput input)
    {
        var items = input.Options?.Select(o => new { o.Text, o.Value }).ToList();
        return input.Hint switch
        {
            "dropdown" => new() { ["dropdown"] = new { SelectList = new { Items = items, IsFlagsEnum = false, SortItems = false } } },
            "checklist" => new()
            {
                ["checklist"] = new
                {
                    CheckList = new
                    {
                        Items = items!.Select(i => new { i.Text, i.Value, IsChecked = false }),
                        IsFlagsEnum = false,
                    }
                }
            },
            "dynamic-outcomes" => new() { ["DynamicOutcomesOptions"] = new { FixedOutcomes = new[] { Ports.Else } } },
            _ => null,
        };
    }

    /// <summary>Steps, data and forms of the definition that the window has open: what a list offers is what is there.</summary>
    static async Task<StudioSurroundings> SurroundingsAsync(HttpContext http, Database database, SharedForms forms)
    {
        var listed = forms.All.Select(f => (f.Id, f.Title)).ToList();
        var (office, key) = (http.Studio().Office, http.Request.Headers[StudioApi.DefinitionHeader].ToString());
        if (key.Length is 0 or > 200)
            return StudioSurroundings.None with { Forms = listed };
        string? content;
        await using (var connection = await database.OpenAsync(http.RequestAborted))
        {
            content = (await OfficeDrafts.FindAsync(connection, office, key))?.Content;
            if (content is null && await OfficeDefinitions.FindAsync(connection, office, key) is { CurrentVersion: { } version })
                content = await OfficeDefinitions.ContentAsync(connection, office, key, version);
        }

        if (content is null)
            return StudioSurroundings.None with { Forms = listed };
        using var document = JsonDocument.Parse(content);
        var root = document.RootElement.TryGetProperty("root", out var chart) ? chart : default;
        var steps = Items(root, "activities")
            .Where(a => StudioActivities.IsStep(Text(a, "type")))
            .ToList();
        return new StudioSurroundings(
            [.. steps.Where(a => Text(a, "id") is not null).Select(a => (Text(a, "id")!, Text(a, "name") ?? Text(a, "id")!))],
            [.. Items(document.RootElement, "variables").Select(v => Text(v, "name")).OfType<string>().Select(name => (name, name))],
            listed,
            steps.SelectMany(a => ExtraPorts(a).Select(port => (Type: Text(a, "type")![StudioActivities.Prefix.Length..], port)))
                .ToLookup(p => p.Type, p => p.port));
    }

    static IEnumerable<string> ExtraPorts(JsonElement step)
    {
        if (step.TryGetProperty("mayFail", out var fails) && fails.ValueKind == JsonValueKind.True)
            yield return Ports.Fail;
        foreach (var timer in Items(step, "timers"))
        {
            if (Text(timer, "port") is { Length: > 0 } port)
                yield return port;
        }
    }

    static IEnumerable<JsonElement> Items(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(i => i.ValueKind == JsonValueKind.Object)
            : [];

    static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
