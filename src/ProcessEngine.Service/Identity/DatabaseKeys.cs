using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection.Repositories;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>The keys that seal cookies, forms and second factors, in the database: all nodes share them, and a backup has them.</summary>
/// <remarks>
/// The framework asks without awaiting, at the start and once a day. Never within a transaction of ours, which its own would wait for.
/// </remarks>
public sealed class DatabaseKeys(Database database, TimeProvider time) : IXmlRepository
{
    const string InsertSql = "INSERT INTO protection_key (name, xml, created_at) VALUES ($1, $2, $3)";

    // A key a quarter of a year.
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = database.OpenAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return [.. connection.Query<(string Name, string Xml)>("SELECT name, xml FROM protection_key ORDER BY created_at, name")
            .Select(Read)];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        database.TransactAsync(
            session =>
            {
                session.Enqueue(
                    InsertSql,
                    friendlyName ?? Guid.NewGuid().ToString("N"),
                    element.ToString(SaveOptions.DisableFormatting),
                    Instants.Truncate(time.GetUtcNow()));
                return ValueTask.FromResult(true);
            },
            CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>A key from elsewhere; nothing happens when it is here already.</summary>
    public void Take(string name, XElement element)
    {
        try
        {
            StoreElement(element, name);
        }
        catch (WriteConflictException)
        {
            // Another start took it.
        }
    }

    static XElement Read((string Name, string Xml) row)
    {
        try
        {
            return XElement.Parse(row.Xml);
        }
        catch (System.Xml.XmlException e)
        {
            throw new System.Xml.XmlException($"{row.Name}: {e.Message}", e);
        }
    }
}
