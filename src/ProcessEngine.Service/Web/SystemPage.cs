using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>A page about the whole installation, for whoever looks after it; there need not be an office yet.</summary>
public abstract class SystemPage : DeskPage
{
    public string NewKey { get; } = FormRequest.NewKey();

    /// <summary>Why nothing was stored.</summary>
    public LocalizedText? Fault { get; private set; }

    /// <summary>What to answer to everybody else; null for a system administrator.</summary>
    protected IActionResult? Refused => Caller.IsSystemAdministrator ? null : StatusCode(StatusCodes.Status403Forbidden);

    protected void Refuse(Rejection refused)
    {
        var problem = Problems.From(refused);
        Response.StatusCode = problem.Status;
        Fault = SayAll(problem);
    }
}
