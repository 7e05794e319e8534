using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Demonstration;
using ProcessEngine.Service.Holidays;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Operations;
using ProcessEngine.Service.Orders;
using ProcessEngine.Service.Outsiders;
using ProcessEngine.Service.Recurrences;
using ProcessEngine.Service.Reports;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;
using ProcessEngine.Service.Web;

namespace ProcessEngine.Service.Hosting;

/// <summary>
/// What the service is made of. The order is that in which they prepare the first
/// request: the schema, whether this is a copy, holidays, definitions, the first key.
/// </summary>
public static class Modules
{
    public static IReadOnlyList<IModule> All { get; } =
    [
        new StorageModule(),
        new NotificationsModule(),
        new OfficesModule(),
        new HolidaysModule(),
        new DefinitionsModule(),
        new CasesModule(),
        new OrdersModule(),
        new RecurrencesModule(),
        new OutsidersModule(),
        new ReportsModule(),
        new IdentityModule(),
        new JobsModule(),
        new OperationsModule(),
        new StudioModule(),
        new WebModule(),
        new DemonstrationModule(),
    ];
}
