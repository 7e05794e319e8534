using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Instances.Execution;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>What is wrong with data that somebody gives to a case; null when nothing is. Every door asks here.</summary>
static class DataCheck
{
    /// <summary>Bytes of all that a case carries: every act reads and stores it whole.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>What a case would carry after an act, were it more than a case may; what it has already stands in nobody's way.</summary>
    public static Rejection? Outgrown(ProcessState before, ProcessState? after) =>
        after is not null && !ReferenceEquals(before.Variables, after.Variables)
            && SizeOf(after) is var size && size > MaxBytes && size > SizeOf(before)
            ? new TooMuchOfThis("data", MaxBytes)
            : null;

    static long SizeOf(ProcessState state) =>
        state.Variables.Sum(v => (long)Encoding.UTF8.GetByteCount(v.Key) + Encoding.UTF8.GetByteCount(v.Value));

    /// <summary>
    /// Declared data must be of its type, and nothing is taken that is not declared: it would be kept, and read by nobody.
    /// </summary>
    /// <param name="data">Name → JSON text.</param>
    public static Rejection? Problem(ProcessDefinition definition, ImmutableSortedDictionary<string, string> data) =>
        Unfit(definition, data) ?? Mismatch(definition, data) ?? Undeclared(definition, data);

    /// <summary>The same of a case of an office: whoever the data names must be somebody of it.</summary>
    public static Rejection? Problem(CaseExecution execution, ImmutableSortedDictionary<string, string> data) =>
        Problem(execution.Definition, data) ?? TooFarAhead(execution, data) ?? Stranger(execution, data);

    /// <summary>What a step is completed with must fill in its form, where it has one that may not be left out.</summary>
    public static Rejection? OutputProblem(CaseExecution execution, Step step, ImmutableSortedDictionary<string, string> outputs)
    {
        var definition = execution.Definition;
        // A form reads the values: they must be readable first.
        if (Unfit(definition, outputs) is { } unfit)
            return unfit;
        if (!(step.FormIsOptional && outputs.IsEmpty) && step.Form?.Check(outputs) is { IsEmpty: false } problems)
            return new FormNotFilled(problems);
        // What is answered for an entry of a list is collected, and becomes no data of the case by itself. Its form has looked at it.
        return Mismatch(definition, outputs) ?? TooFarAhead(execution, outputs)
            ?? (step.ForEach is null ? Undeclared(definition, outputs) ?? Stranger(execution, outputs) : null);
    }

    /// <summary>Of the dates that came with a command, the first that the calendar does not reach; null when it is none of them.</summary>
    public static string? DateBeyond(ProcessDefinition definition, ProcessCommand command, WorkingCalendar calendar)
    {
        var data = command switch
        {
            StartProcess c => c.Variables,
            ChangeVariables c => c.Changes,
            ReceiveMessage c => c.Data,
            CompleteTask c => c.Outputs,
            ApproveTask c => c.Outputs,
            _ => ImmutableSortedDictionary<string, string>.Empty,
        };
        return definition.Variables.FirstOrDefault(v => v.Type == VariableType.Date
            && Value.Read(data.GetValueOrDefault(v.Name), VariableType.Date) is { IsEmpty: false } date
            && !calendar.Reaches(date.Date))?.Name;
    }

    static Rejection? Unfit(ProcessDefinition definition, ImmutableSortedDictionary<string, string> data)
    {
        foreach (var (name, json) in data)
        {
            if (GivenValue.Unfit(json) is { } reason)
                return new VariableInvalid(name, TypeOf(definition, name)) { Reason = reason };
        }

        return null;
    }

    static Rejection? Mismatch(ProcessDefinition definition, ImmutableSortedDictionary<string, string> data)
    {
        foreach (var variable in definition.Variables)
        {
            if (data.TryGetValue(variable.Name, out var json) && GivenValue.Fault(variable, json) is { } reason)
                return new VariableInvalid(variable.Name, variable.Type.ToString()) { Reason = reason };
        }

        return null;
    }

    static Rejection? Undeclared(ProcessDefinition definition, ImmutableSortedDictionary<string, string> data) =>
        data.Keys.FirstOrDefault(name => !definition.Declares(name)) is { } unknown ? new VariableUndeclared(unknown) : null;

    /// <summary>
    /// A date after all that the calendar knows: whoever comes to the step that counts from it could not go on, and did not give it.
    /// </summary>
    static DateOutsideCalendar? TooFarAhead(CaseExecution execution, ImmutableSortedDictionary<string, string> data)
    {
        var calendar = execution.Moment.Calendar;
        foreach (var variable in execution.Definition.Variables.Where(v => v.Type == VariableType.Date))
        {
            if (Value.Read(data.GetValueOrDefault(variable.Name), VariableType.Date) is { IsEmpty: false } value
                && value.Date.Year > calendar.Coverage.LastYear && !calendar.Reaches(value.Date))
                return new DateOutsideCalendar(variable.Name, value.Date, calendar.Coverage.FirstYear, calendar.Coverage.LastYear);
        }

        return null;
    }

    /// <summary>Who names nobody gives the work to anybody of the role, a decision too.</summary>
    static Rejection? Stranger(CaseExecution execution, ImmutableSortedDictionary<string, string> data)
    {
        if (data.IsEmpty)
            return null;
        foreach (var name in execution.Definition.PersonVariables)
        {
            if (!data.TryGetValue(name, out var json))
                continue;
            foreach (var text in TextsOf(json))
            {
                if (!Guid.TryParse(text, out var id) || Authority.Known(id, execution.Moment) is null)
                    return new PersonUnknown(name, text);
            }
        }

        return null;
    }

    /// <summary>One text or several; an empty one names nobody, as if nothing were given.</summary>
    static IEnumerable<string> TextsOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        var value = document.RootElement;
        return value.ValueKind switch
        {
            JsonValueKind.Null => [],
            JsonValueKind.String => value.GetString() is { Length: > 0 } text ? [text] : [],
            JsonValueKind.Array =>
            [
                .. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText()),
            ],
            _ => [value.GetRawText()],
        };
    }

    static string TypeOf(ProcessDefinition definition, string name) =>
        (definition.Variables.FirstOrDefault(v => v.Name == name)?.Type ?? VariableType.Text).ToString();
}
