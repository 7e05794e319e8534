using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests.Catalogue;

/// <summary>
/// Which way a case takes through any definition, and what is written into its forms so that it takes it: the usual way to an end, but for
/// detours.
/// </summary>
public sealed partial class Route
{
    const int Unlikely = 1_000;

    readonly ProcessDefinition definition;
    readonly DateOnly start;
    readonly Func<string, string> personOf;
    readonly Func<Node, string?> detour;
    readonly Dictionary<string, string> sent = new(StringComparer.Ordinal);
    readonly HashSet<(string Node, string Port)> taken;

    /// <param name="personOf">The id of somebody who holds a role: for data that name a person.</param>
    /// <param name="detour">The port by which a box is to be left; null for the usual way.</param>
    Route(
        ProcessDefinition definition, DateOnly start, Func<string, string> personOf, Func<Node, string?> detour,
        HashSet<(string Node, string Port)> taken)
    {
        (this.definition, this.start, this.personOf, this.detour, this.taken) = (definition, start, personOf, detour, taken);
    }

    /// <summary>Straight to the end.</summary>
    public static Route Straight(ProcessDefinition definition, DateOnly start, Func<string, string> personOf) =>
        new(definition, start, personOf, _ => null, []);

    /// <summary>Through one arrow once, then straight to the end.</summary>
    /// <param name="taken">Receives what the case comes by.</param>
    public static Route Through(
        Transition arrow, ProcessDefinition definition, DateOnly start, Func<string, string> personOf,
        HashSet<(string Node, string Port)> taken)
    {
        var path = PathTo(arrow.From, definition);
        path[arrow.From] = arrow.Port;
        return new Route(
            definition, start, personOf, node => taken.Contains((arrow.From, arrow.Port)) ? null : path.GetValueOrDefault(node.Id), taken);
    }

    /// <summary>Through every arrow that was not taken yet, as the case comes by it.</summary>
    public static Route ThroughAll(
        HashSet<(string Node, string Port)> taken, ProcessDefinition definition, DateOnly start, Func<string, string> personOf) =>
        new(
            definition, start, personOf,
            node => Detours(definition).FirstOrDefault(a => a.From == node.Id && !taken.Contains((a.From, a.Port)))?.Port, taken);

    /// <summary>
    /// The arrows that do not lie on the straight way: of people who refuse, return or fail, and of data that decide otherwise.
    /// </summary>
    public static IReadOnlyList<Transition> Detours(ProcessDefinition definition)
    {
        return [.. definition.Transitions.Where(a => definition.Find(a.From) switch
        {
            Step => a.Port is Ports.Reject or Ports.Return or Ports.Fail,
            DecisionNode decision => a.Port != Usual(decision, definition),
            _ => false,
        })];
    }

    /// <summary>The way out of a box.</summary>
    public string PortOf(Node node) => detour(node) ?? Usual(node);

    string Usual(Node node) => node switch
    {
        Step { Type: StepType.Approval } => Ports.Approve,
        DecisionNode decision => Usual(decision, definition),
        _ => Ports.Done,
    };

    /// <summary>"Else" is what a manual prints when nothing special holds; another way when that one goes round in a loop.</summary>
    static string Usual(DecisionNode decision, ProcessDefinition definition) =>
        decision.RequiredPorts.Reverse().FirstOrDefault(
            port => !definition.Graph.LeadsBack(definition.ArrowsFrom(decision.Id, port)[0])) ?? Ports.Else;

    /// <summary>A box was left: what lies behind it up to the next place where the case rests is passed as well.</summary>
    public void Left(Node node, string port)
    {
        // Asked before it is said that the arrow was taken: a decision behind it may lie on the way of the same detour.
        var onwards = definition.ArrowsFrom(node.Id, port).Select(a => definition.Find(a.To)!).Where(n => n is DecisionNode or ForkNode)
            .Select(n => (n, PortOf(n))).ToList();
        taken.Add((node.Id, port));
        foreach (var (next, by) in onwards)
            Left(next, by);
    }

    /// <summary>What a case is started with: the dates that limits rest on, and what the first decisions need.</summary>
    public SortedDictionary<string, string> DataAtStart()
    {
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var date in definition.Variables.Where(v => v.Type == VariableType.Date))
            data[date.Name] = ADate;
        foreach (var (name, json) in Choices().Where(c => c.Value is not null))
            sent[name] = data[name] = json!;
        return data;
    }

    /// <summary>What is handed in with a step that is done or approved: its form, filled in, and what the next decisions need.</summary>
    public SortedDictionary<string, string> OutputsOf(Step step)
    {
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in step.Form?.Fields ?? [])
            data[field.Name] = Valid(field);
        foreach (var (name, json) in Choices().Where(c => step.Form is null ? sent.GetValueOrDefault(c.Key) != c.Value : data.ContainsKey(c.Key)))
        {
            data[name] = json ?? "null";
            sent[name] = data[name];
        }

        return data;
    }

    string ADate => JsonSerializer.Serialize(start.AddDays(30).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    // Data that lead the right way ------------------------------------------------------------------------------------------------------

    /// <summary>A value for each variable that decisions read, null for none, such that they go the way that is wanted.</summary>
    SortedDictionary<string, string?> Choices()
    {
        var decisions = definition.Nodes.OfType<DecisionNode>().Select(
            d => (Decision: d, Port: PortOf(d), Weight: detour(d) is null ? 1 : 100)).ToList();
        var names = decisions.SelectMany(d => d.Decision.Branches).SelectMany(b => b.Condition!.Variables).Distinct().ToList();
        List<SortedDictionary<string, string?>> tried = [new(StringComparer.Ordinal)];
        foreach (var name in names)
        {
            var candidates = Candidates(
                definition.Variables.Single(v => v.Name == name), decisions.SelectMany(d => d.Decision.Branches).Select(b => b.When));
            tried = [.. tried.SelectMany(one => candidates.Select(value => new SortedDictionary<string, string?>(one, StringComparer.Ordinal) { [name] = value }))];
        }

        return tried.MaxBy(one => decisions.Sum(d => PortBy(d.Decision, one) == d.Port ? d.Weight : 0))!;
    }

    static string PortBy(DecisionNode decision, SortedDictionary<string, string?> values)
    {
        var data = values.Where(v => v.Value is not null).ToDictionary(v => v.Key, v => v.Value!);
        return decision.Branches.FirstOrDefault(b => b.Condition!.IsTrue(data))?.Port ?? Ports.Else;
    }

    IEnumerable<string?> Candidates(Variable variable, IEnumerable<string> conditions) =>
    [
        null, .. variable.Type switch
        {
            VariableType.Boolean => ["false", "true"],
            VariableType.Date => [ADate],
            VariableType.List => ["[\"ก\"]"],
            VariableType.Number => conditions.SelectMany(c => Digits().Matches(c)).SelectMany(
                m => new[] { int.Parse(m.Value, CultureInfo.InvariantCulture) - 1, int.Parse(m.Value, CultureInfo.InvariantCulture) + 1 })
                .Append(0).Distinct().Select(n => n.ToString(CultureInfo.InvariantCulture)),
            _ => definition.Steps.FirstOrDefault(
                s => s.Assignments.Any(a => a.Kind == AssignmentKind.Variable && a.Name == variable.Name)) is { } step
                ? [JsonSerializer.Serialize(personOf(step.Role))]
                : conditions.SelectMany(c => Quoted().Matches(c)).Select(m => m.Value).Append("\"ข้อความ\"").Distinct(),
        },
    ];

    string Valid(FormField field) => field switch
    {
        { Choices: [var first, ..] } => field.Type == FieldType.Text ? JsonSerializer.Serialize(first) : first,
        { Type: FieldType.Boolean } => "false",
        { Type: FieldType.Number or FieldType.WholeNumber } =>
            (field.Minimum ?? Math.Min(1, field.Maximum ?? 1)).ToString(CultureInfo.InvariantCulture),
        { Type: FieldType.List } => $"[{string.Join(", ", Enumerable.Range(1, Math.Max(1, field.MinItems ?? 1)).Select(n => field.Item is { Type: FieldType.Text, Choices.IsEmpty: true } ? $"\"รายการ {n}\"" : Valid(field.Item!)))}]",
        { Format: "date" } => ADate,
        { Format: "date-time" } => ADate[..^1] + "T09:00:00+07:00\"",
        { Format: "email" } => "\"someone@example.go.th\"",
        _ => JsonSerializer.Serialize(
            "ข้อความ".PadRight(field.MinLength ?? 0, 'ก')[..Math.Min(Math.Max(7, field.MinLength ?? 0), field.MaxLength ?? int.MaxValue)]),
    };

    // Ways ------------------------------------------------------------------------------------------------------------------------------

    static int Cost(Transition arrow) => arrow.Port is Ports.Reject or Ports.Return or Ports.Fail ? Unlikely : 1;

    /// <summary>The port of each box on the likeliest way to a box.</summary>
    static Dictionary<string, string> PathTo(string target, ProcessDefinition definition)
    {
        var (costs, by) = (definition.Nodes.ToDictionary(n => n.Id, n => n is StartNode ? 0 : int.MaxValue / 2, StringComparer.Ordinal), new Dictionary<string, Transition>(StringComparer.Ordinal));
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var arrow in definition.Transitions.Where(a => costs[a.From] + Cost(a) < costs[a.To]))
            {
                (costs[arrow.To], by[arrow.To], changed) = (costs[arrow.From] + Cost(arrow), arrow, true);
            }
        }

        var path = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var at = target; by.TryGetValue(at, out var arrow); at = arrow.From)
            path[arrow.From] = arrow.Port;
        return path;
    }

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
