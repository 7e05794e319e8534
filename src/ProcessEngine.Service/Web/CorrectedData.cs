using System.Collections.Immutable;
using System.Text.Json;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Identity;

namespace ProcessEngine.Service.Web;

/// <summary>The data of a case as a form in which somebody corrects them: the fields of the definition, with what the case has.</summary>
public static class CorrectedData
{
    /// <summary>What the case began with and what its forms asked, each once; not what is collected for the entries of a list.</summary>
    public static IReadOnlyList<FormField> FieldsOf(ProcessDefinition definition, ProcessState state)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        var collected = definition.Steps.Select(s => s.ForEach?.CollectInto).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var asked = definition.Steps.Where(s => s.ForEach is null).SelectMany(s => s.Form?.Fields ?? []).DistinctBy(f => f.Name).ToList();
        var named = asked.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. FormEntry.FieldsOf(definition.Variables.Where(v => !collected.Contains(v.Name) && !named.Contains(v.Name))).Concat(asked)
                .Where(f => IsPlain(state.Variables.GetValueOrDefault(f.Name)))
                .Select(f => WithWhatIsThere(f, state.Variables.GetValueOrDefault(f.Name))),
        ];
    }

    /// <summary>The people whom the data name by now.</summary>
    public static IEnumerable<Guid> PeopleIn(ProcessDefinition definition, ProcessState state)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        return definition.PersonVariables.SelectMany(name => TextsOf(state.Variables.GetValueOrDefault(name)))
            .Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Distinct();
    }

    /// <summary>Those who may be chosen: the people of the office, and whoever is named already, be they gone by now.</summary>
    public static IReadOnlyList<Colleague> Choosable(
        IReadOnlyList<Colleague> members, IEnumerable<Guid> named, IReadOnlyDictionary<Guid, string> names) =>
    [
        .. members,
        .. named.Where(id => members.All(m => m.UserId != id)).Select(
            id => new Colleague { UserId = id, UserName = "", DisplayName = names.GetValueOrDefault(id, id.ToString()) }),
    ];

    /// <summary>Field → JSON text, of what somebody changed; emptied is null.</summary>
    public static JsonElement Changes(FormEntry written, FormEntry before)
    {
        ArgumentNullException.ThrowIfNull(written);
        var data = written.ToData();
        return JsonSerializer.SerializeToElement(written.ChangedFrom(before).ToDictionary(
            field => field.Name,
            field => data.TryGetProperty(field.Name, out var value) ? (JsonElement?)value : null));
    }

    /// <summary>What a form can show: no list of records.</summary>
    static bool IsPlain(string? json)
    {
        if (json is null)
            return true;
        using var value = JsonDocument.Parse(json);
        return value.RootElement.ValueKind != JsonValueKind.Object && (value.RootElement.ValueKind != JsonValueKind.Array
            || value.RootElement.EnumerateArray().All(e => e.ValueKind is JsonValueKind.String or JsonValueKind.Number));
    }

    /// <summary>Nothing is asked for anew, and what the case has can be left as it is, although it could not be chosen any more.</summary>
    static FormField WithWhatIsThere(FormField field, string? json)
    {
        var there = TextsOf(json).ToList();
        return field with
        {
            Required = false,
            Choices = With(field.Choices),
            Item = field.Item is { } item ? item with { Choices = With(item.Choices) } : null,
        };

        ImmutableArray<string> With(ImmutableArray<string> choices) =>
            choices.IsEmpty ? choices : [.. choices, .. there.Where(text => !choices.Contains(text))];
    }

    static IEnumerable<string> TextsOf(string? json)
    {
        if (json is null)
            return [];
        var value = JsonSerializer.Deserialize<JsonElement>(json);
        return (value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value])
            .Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!);
    }
}
