using System.Data.Common;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests.Access;

/// <summary>Stands between the service and its database, and passes everything on.</summary>
abstract class Between(Database real) : Database
{
    protected Database Real => real;

    public override string Provider => real.Provider;
    public override string MonthOf(string instant) => real.MonthOf(instant);
    public override int SweepBatch => real.SweepBatch;
    public override string SkipLocked(string alias) => real.SkipLocked(alias);
    public override string Lock(string alias) => real.Lock(alias);
    public override string HoldCalendar => real.HoldCalendar;
    public override string CheckCalendar => real.CheckCalendar;
    public override string ChangeCalendar => real.ChangeCalendar;
    public override string CheckOrder => real.CheckOrder;
    public override string LifeFile(string dataFolder) => real.LifeFile(dataFolder);
    public override Task<DatabasePlace?> PlaceAsync(CancellationToken ct) => real.PlaceAsync(ct);
    public override ValueTask<DbConnection> OpenAsync(CancellationToken ct) => real.OpenAsync(ct);
    public override bool IsOutOfReach(Exception e) => real.IsOutOfReach(e);
    public override Task MigrateAsync(TimeProvider time, CancellationToken ct) => real.MigrateAsync(time, ct);
    public override ValueTask DisposeAsync() => real.DisposeAsync();

    public override Task<bool> OneAtATimeAsync(string name, Func<CancellationToken, Task> work, CancellationToken ct) =>
        real.OneAtATimeAsync(name, work, ct);

    public override Task<T> OptimisticAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct) => real.OptimisticAsync(work, ct);

    public override Task<T> TransactAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct) => real.TransactAsync(work, ct);
}
