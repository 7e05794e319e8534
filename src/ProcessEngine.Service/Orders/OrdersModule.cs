using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Orders;

/// <summary>Orders by which somebody sits in a post, and who answers for which procedure.</summary>
public sealed class OrdersModule : IModule
{
    public void MapApi(RouteGroupBuilder api)
    {
        OrderEndpoints.Map(api);
        ResponsibilityEndpoints.Map(api);
    }
}
