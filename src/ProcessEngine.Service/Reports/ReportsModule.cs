using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Reports;

/// <summary>What auditors ask.</summary>
public sealed class ReportsModule : IModule
{
    public void MapApi(RouteGroupBuilder api)
    {
        GetCompliance.Map(api);
        GetAnswers.Map(api);
    }
}
