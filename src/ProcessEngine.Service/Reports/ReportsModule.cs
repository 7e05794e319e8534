using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports.EventLogs;
using ProcessEngine.Service.Reports.Measuring;
using ProcessEngine.Service.Reports.Registers;

namespace ProcessEngine.Service.Reports;

/// <summary>What auditors ask.</summary>
public sealed class ReportsModule : IModule
{
    public void AddServices(IServiceCollection services, ModuleSettings settings) =>
        services.AddSingleton<Sources>().AddSingleton<EventLog>().AddRecurringJob<Measurements>()
            .AddSingleton<FigureRebuild>();

    public void MapApi(RouteGroupBuilder api)
    {
        GetCompliance.Map(api);
        ListClocks.Map(api);
        GetFigures.Map(api);
        GetWorkload.Map(api);
        GetServices.Map(api);
        ExportReport.Map(api);
        RegisterEndpoints.Map(api);
        ExportEventLog.Map(api);
        GetAnswers.Map(api);
        GetFormStatistics.Map(api);
        ListForms.Map(api);
    }
}
