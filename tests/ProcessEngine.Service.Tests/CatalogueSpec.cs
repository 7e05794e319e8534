using System.Text;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Simulations;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;
using ProcessEngine.Service.Tests.Catalogue;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// The procedures of the manuals, every one: against what was counted in the manuals by hand, and driven to their ends in simulated time.
/// </summary>
public sealed class CatalogueSpec
{
    static IEnumerable<string> Keys => CatalogueFiles.All.Select(p => p.Key);

    static IEnumerable<InventoryRow> Rows => CatalogueFiles.Inventory;

    [Test]
    public void Nothing_of_the_manuals_is_missing_and_nothing_is_invented() =>
        Keys.Order(StringComparer.Ordinal).ShouldBe(Rows.Select(r => r.Key).Order(StringComparer.Ordinal));

    [TestCaseSource(nameof(Keys))]
    public void Every_procedure_can_be_tried_out_with_nothing_known_of_its_cases(string key)
    {
        var definition = CatalogueFiles.Find(key).Definition;
        var plan = new SimulationPlan { Cases = 50, From = BangkokTime.At(SimulatedCase.StartOf(definition), WorkingHours.Open), ArrivalsPerWorkingDay = 2 };
        Simulation.Run(definition, plan, SimulatedCase.Calendar).Ended.ShouldBe(50);
    }

    [TestCaseSource(nameof(Keys))]
    public void Every_procedure_is_accepted(string key)
    {
        var read = CatalogueFiles.Find(key).File.Read;
        read.Findings.Where(f => !f.Warning).Select(f => $"{f.ActivityId}: {f.Reason.En}").ShouldBeEmpty();
        read.Definition!.Key.ShouldBe(key);
    }

    [Test]
    public void The_catalogue_is_warned_of_nothing() =>
        Keys.SelectMany(key => CatalogueFiles.Find(key).File.Read.Findings.Select(f => $"{key}: {f.Code} {f.Reason.En}")).ShouldBeEmpty();

    [TestCaseSource(nameof(Keys))]
    public void Steps_approvals_loops_limits_forms_and_references_are_those_that_were_counted(string key)
    {
        var (procedure, row) = (CatalogueFiles.Find(key), Rows.Single(r => r.Key == key));
        var (definition, source) = (procedure.Definition, procedure.Source);
        definition.Name.Th.ShouldBe(row["title_th"]);

        var steps = definition.Steps.SelectMany(s => s.PrintedNumbers).Distinct().Order().ToList();
        steps.ShouldBe(Enumerable.Range(1, row.Number("step_count")));
        var approvals = definition.Steps.Where(s => s.Type == StepType.Approval).SelectMany(s => s.PrintedNumbers).Distinct().Order().ToList();
        (approvals.Count == 0 ? "none" : string.Join(';', approvals)).ShouldBe(row["approval_steps"]);

        source["forms"]!.AsArray().Count.ShouldBe(row.Number("forms_count"));
        source["references"]!.AsArray().Count.ShouldBe(row.Number("references_count"));
        LoopsAgree(definition, (string?)source["flowSource"], row["loop_back"]);
        LimitsAgree(definition, row["sla_stated"]);
    }

    static void LoopsAgree(ProcessDefinition definition, string? flowSource, string counted)
    {
        var loops = definition.Transitions.Where(definition.Graph.LeadsBack).ToList();
        switch (counted)
        {
            case "none":
                loops.ShouldBeEmpty();
                break;
            case "optional":
                // A check or a memo where a return is sensible but nothing asks for it: if it is drawn, it says that it is inferred.
                (loops.Count == 0 || flowSource == "inferred").ShouldBeTrue(flowSource);
                break;
            default:
                loops.ShouldNotBeEmpty();
                flowSource.ShouldBe(counted);
                break;
        }
    }

    /// <summary>A window of the fiscal year is no duration; it was counted apart.</summary>
    static void LimitsAgree(ProcessDefinition definition, string counted)
    {
        var stated = definition.Steps.Where(s => s.Number is not null)
            .ToLookup(s => definition.ClockOf(s).Deadline is not null and not Core.Calendar.Window);
        switch (counted)
        {
            case "yes":
                stated[false].Select(s => s.Id).ShouldBeEmpty();
                break;
            case "no":
                stated[true].Select(s => s.Id).ShouldBeEmpty();
                break;
            default:
                (stated[true].Any() && stated[false].Any()).ShouldBeTrue(counted);
                break;
        }
    }

    /// <summary>The procedure as people read it, and what comes of it: the straight way, then each loop from where it begins.</summary>
    [TestCaseSource(nameof(Keys))]
    public void Every_procedure_as_it_reads_and_as_it_runs(string key)
    {
        var procedure = CatalogueFiles.Find(key);
        var definition = procedure.Definition;
        var text = new StringBuilder();
        Line($"{key}: {definition.Name.Th}");
        Line($"{definition.Name.En}");
        Line($"{(string?)procedure.Source["office"]} · {(string?)procedure.Source["section"]} · loops: {(string?)procedure.Source["flowSource"] ?? "none"}");
        Line("");
        foreach (var node in definition.Nodes)
            Describe(node);
        Line("");
        Line("The straight way");
        foreach (var line in SimulatedCase.Run(definition))
            Line("  " + line);
        foreach (var arrow in Route.Detours(definition))
        {
            Line("");
            Line($"{arrow.From}.{arrow.Port} -> {arrow.To}");
            foreach (var line in SimulatedCase.Run(definition, arrow))
                Line("  " + line);
        }

        Approved.VerifyAs("catalogue/" + key, text.ToString());

        void Line(string line) => text.Append(line).Append('\n');

        void Describe(Node node)
        {
            if (node is Step step)
            {
                var number = (step.Number ?? step.PartOfStep)?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-";
                Line($"{number,2}{(step.PartOfStep is null ? " " : "+")} {step.Id}: {step.Name.Th} ({step.Name.En})");
                Line($"    {step.Type.ToString().ToLowerInvariant()}, {step.Kind}, by {(step.Levels.IsEmpty ? step.Role : string.Join(", then ", step.Levels.Select(l => l.Role)))}, {LimitOf(step)}");
                if (step.Form is { } form)
                    Line($"    fields{(step.FormIsOptional ? " (may be left out)" : "")} {string.Join(", ", form.Fields.Select(f => $"{f.Name}{(f.Required ? "*" : "")}"))}");
            }
            else
            {
                Line($"    {node.Id}{(node is EndNode end ? $": {end.Outcome}" : "")}");
            }

            foreach (var arrow in definition.Transitions.Where(t => t.From == node.Id))
                Line($"    {arrow.Port}{((node as DecisionNode)?.Branches.FirstOrDefault(b => b.Port == arrow.Port) is { } branch ? $" ({branch.When})" : "")} -> {arrow.To}");
        }

        string LimitOf(Step step) => step.DeadlineSharedWith is { } leader ? $"within the time of {leader}"
            : $"{DefinitionDiff.Words(step.Deadline).En}{(step.DeadlineDateFrom is { } date ? $" ({date})" : "")}{(step.DeadlineStated is { } stated ? $" \"{stated}\"" : "")}";
    }
}
