using System.Data;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Storage;

/// <summary>
/// How ids, instants and dates look in the two databases. SQLite has no types for them: fixed-width text keeps their order.
/// </summary>
public static class DbValues
{
    const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>Sorts open tasks without a limit behind all others.</summary>
    public static readonly DateTimeOffset NoLimit = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static string ToText(DateTimeOffset instant) => instant.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture);
    public static string ToText(Guid id) => id.ToString("D");

    public static object ForSqlite(object? value) => value switch
    {
        null => DBNull.Value,
        Guid id => ToText(id),
        DateTimeOffset instant => ToText(instant),
        DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
        bool yes => yes ? 1L : 0L,
        _ => value,
    };

    public static NpgsqlParameter ForPostgres(object? value) => value switch
    {
        null => new NpgsqlParameter { Value = DBNull.Value },
        Guid id => new NpgsqlParameter<Guid> { TypedValue = id },
        DateTimeOffset instant => new NpgsqlParameter<DateTime> { TypedValue = instant.UtcDateTime },
        string text => new NpgsqlParameter<string> { TypedValue = text },
        int number => new NpgsqlParameter<int> { TypedValue = number },
        long number => new NpgsqlParameter<long> { TypedValue = number },
        bool yes => new NpgsqlParameter<bool> { TypedValue = yes },
        byte[] bytes => new NpgsqlParameter<byte[]> { TypedValue = bytes },
        DateOnly date => new NpgsqlParameter<DateOnly> { TypedValue = date },
        _ => new NpgsqlParameter { Value = value },
    };

    public static Guid Id(this DbDataReader row, int column) =>
        row is SqliteDataReader ? Guid.ParseExact(row.GetString(column), "D") : row.GetGuid(column);

    public static Guid? IdOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Id(column);

    public static DateTimeOffset Instant(this DbDataReader row, int column) =>
        row is SqliteDataReader ? ParseInstant(row.GetString(column)) : new DateTimeOffset(row.GetDateTime(column), TimeSpan.Zero);

    public static DateOnly Date(this DbDataReader row, int column) =>
        row is SqliteDataReader
            ? DateOnly.ParseExact(row.GetString(column), "O", CultureInfo.InvariantCulture)
            : row.GetFieldValue<DateOnly>(column);

    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[] Bytes(this DbDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    static DateTimeOffset ParseInstant(string text) =>
        DateTimeOffset.ParseExact(text, InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>Teaches Dapper the same. Once per process.</summary>
    public static void RegisterHandlers()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        foreach (var type in new[]
        {
            typeof(Guid), typeof(Guid?), typeof(DateTimeOffset), typeof(DateTimeOffset?), typeof(DateOnly), typeof(DateOnly?), typeof(bool),
            typeof(bool?),
        })
            SqlMapper.RemoveTypeMap(type);
        SqlMapper.AddTypeHandler(new IdHandler());
        SqlMapper.AddTypeHandler(new InstantHandler());
        SqlMapper.AddTypeHandler(new DateHandler());
        SqlMapper.AddTypeHandler(new BoolHandler());
    }

    sealed class IdHandler : SqlMapper.TypeHandler<Guid>
    {
        public override void SetValue(IDbDataParameter parameter, Guid value) =>
            parameter.Value = parameter is SqliteParameter ? ToText(value) : value;

        public override Guid Parse(object value) => value is Guid id ? id : Guid.Parse((string)value);
    }

    sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = parameter is SqliteParameter ? ToText(value) : value.UtcDateTime;

        public override DateTimeOffset Parse(object value) => value switch
        {
            DateTime utc => new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)),
            DateTimeOffset instant => instant.ToUniversalTime(),
            _ => ParseInstant((string)value),
        };
    }

    sealed class DateHandler : SqlMapper.TypeHandler<DateOnly>
    {
        public override void SetValue(IDbDataParameter parameter, DateOnly value) =>
            parameter.Value = parameter is SqliteParameter ? value.ToString("O", CultureInfo.InvariantCulture) : value;

        public override DateOnly Parse(object value) => value switch
        {
            DateOnly date => date,
            DateTime date => DateOnly.FromDateTime(date),
            _ => DateOnly.ParseExact((string)value, "O", CultureInfo.InvariantCulture),
        };
    }

    sealed class BoolHandler : SqlMapper.TypeHandler<bool>
    {
        public override void SetValue(IDbDataParameter parameter, bool value) =>
            parameter.Value = parameter is SqliteParameter ? (value ? 1L : 0L) : value;

        public override bool Parse(object value) => value is bool yes ? yes : Convert.ToInt64(value, CultureInfo.InvariantCulture) != 0;
    }
}
