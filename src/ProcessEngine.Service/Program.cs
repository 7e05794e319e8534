using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.HandOvers;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Cases.Migrations;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Holidays;
using ProcessEngine.Service.Hosting;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Orders;
using ProcessEngine.Service.Recurrences;
using ProcessEngine.Service.Reports;
using ProcessEngine.Service.Studio;
using ProcessEngine.Service.Web;

// Pages for people instead of a service: what the folder of definitions says.
if (args is ["catalogue", var into])
{
    CataloguePages.Write(new ServiceOptions().ProcessesFolder, into);
    return;
}

var demo = args.Any(a => a is "--demo" or "--demo=true");
var builder = WebApplication.CreateBuilder(new WebApplicationOptions
{
    Args = [.. args.Where(a => a is not ("--demo" or "--demo=true"))],
    // Settings lie beside the program, wherever it is started from.
    ContentRootPath = AppContext.BaseDirectory,
    // The demonstration is not Production, unless the environment says so.
    EnvironmentName = demo && Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") is null && Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") is null
        ? Environments.Development
        : null,
});
builder.AddProcessEngine();

var app = builder.Build();
app.UsePages();
app.UseAuthentication();
app.UseAuthorization();
app.UseOwnPasswordFirst();

Health.Map(app);
ProblemPages.Map(app);
app.MapOpenApi().AllowAnonymous();

var api = app.MapGroup("/api/v1");
DefinitionEndpoints.Map(api);
Drafts.Map(api);
GetDiff.Map(api);
Simulate.Map(api);
MigrateCases.Map(api);
StartInstance.Map(api);
GetInstances.Map(api);
ActOnInstance.Map(api);
GetUserTasks.Map(api);
ActOnUserTask.Map(api);
UndoUserTask.Map(api);
GetHistory.Map(api);
VerifyAudit.Map(api);
GetDueDate.Map(api);
GetCalendar.Map(api);
ChangeCalendar.Map(api);
ProcessEngine.Service.UserTasks.ConfirmDeadline.Map(api);
GetCompliance.Map(api);
GetAnswers.Map(api);
GetNotifications.Map(api);
ReleaseSending.Map(api);
OfficeEndpoints.Map(api);
OfficeRoleEndpoints.Map(api);
ResponsibilityEndpoints.Map(api);
OrderEndpoints.Map(api);
HandOverEndpoints.Map(api);
GetIncidents.Map(api);
ProcessEngine.Service.Attachments.AttachFile.Map(api);
GetAttachments.Map(api);
StepDeadlineEndpoints.Map(api);
RecurrenceEndpoints.Map(api);
UserEndpoints.Map(api);
SetPassword.Map(api);
ResetSecondFactor.Map(api);
ApiKeyEndpoints.Map(api);

StudioApi.Map(app);
StudioFiles.Map(app);
app.MapRazorPages();
Live.Map(app);
CaseFiles.Map(app);
ProviderSignIn.Map(app);

await app.PrepareAsync(demo);
// Reading the definitions leaves as much behind as the idle service needs: it is given back once.
app.Lifetime.ApplicationStarted.Register(() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true));
await app.RunAsync();

/// <summary>For the tests, which start the service in their own process.</summary>
public partial class Program;
