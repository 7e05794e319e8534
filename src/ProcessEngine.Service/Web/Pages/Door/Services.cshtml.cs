using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Outsiders;

namespace ProcessEngine.Service.Web.Pages.Door;

/// <summary>What people outside may ask an office for.</summary>
public sealed class ServicesModel(RequestDesks desks) : DoorPage
{
    public RequestDesk? Desk { get; private set; }

    public async Task<IActionResult> OnGetAsync(string office)
    {
        Desk = await desks.FindOpenAsync(office, RequestAborted);
        return Desk is null ? Nothing() : Page();
    }

    public string LimitOf(OfferedService service) => ServiceWords.Limit(W, service.Definition);

    public string DeciderOf(OfferedService service) => ServiceWords.Decider(W, Desk!.Office.Code, service.Definition);
}

/// <summary>What a service promises, in words for people outside.</summary>
static class ServiceWords
{
    public static string Limit(Words w, ProcessDefinition definition) => definition.Deadline is { } rule
        ? RuleWords.Of(w, rule)
        : w["ไม่ได้กำหนดเวลาไว้", "no time is stated"];

    /// <summary>The posts that approve; where nobody does, whose work it is.</summary>
    public static string Decider(Words w, string office, ProcessDefinition definition)
    {
        var deciding = definition.Steps.Where(s => s.IsApproval)
            .SelectMany(s => s.Levels.IsEmpty ? [s.Role] : s.Levels.Select(l => l.Role)).Distinct().ToList();
        return string.Join(", ", (deciding.Count > 0 ? deciding : definition.Steps.Select(s => s.Role).Distinct().Take(1))
            .Select(role => w.Post(office, role)));
    }
}
