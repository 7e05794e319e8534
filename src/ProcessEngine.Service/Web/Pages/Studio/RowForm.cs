using ProcessEngine.Service.Definitions.Tables;

namespace ProcessEngine.Service.Web.Pages.Studio;

/// <summary>Settings to fill in.</summary>
/// <param name="Self">The row that they are of; empty: the whole procedure.</param>
public sealed record SettingsForm(TableModel Page, string Self, IReadOnlyList<SettingField> Fields, Func<string, string> Value);

/// <summary>A limit to fill in.</summary>
/// <param name="At">What its fields' names begin with.</param>
/// <param name="Whole">With the times of the fiscal year, which a way out by time does not offer.</param>
public sealed record LimitForm(TableModel Page, string At, RowTime Time, bool Whole);

/// <summary>A condition to fill in: chosen where it is one comparison, else typed.</summary>
public sealed record ConditionForm(TableModel Page, string At, string When, string Label);
