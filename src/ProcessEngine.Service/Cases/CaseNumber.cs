using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases;

/// <summary>The running number of a case: of a procedure, in an office, in a Buddhist year; written as <c>17/2570</c>.</summary>
sealed record CaseNumber(string Office, string DefinitionKey, int Year, int Number)
{
    const string EnsureNumberRow =
        "INSERT INTO case_number (office, definition_key, year, last) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING";
    const string LastNumber = "SELECT n.last FROM case_number n WHERE n.office = $1 AND n.definition_key = $2 AND n.year = $3";
    const string SetNumber = "UPDATE case_number SET last = $4 WHERE office = $1 AND definition_key = $2 AND year = $3";

    /// <summary>
    /// The number that comes next. The row of the last one stays locked until the case is stored or is not: no number is given twice,
    /// and none is lost.
    /// </summary>
    public static async ValueTask<CaseNumber> NextAsync(
        Database database, WriteSession session, string office, string definitionKey, DateTimeOffset now)
    {
        var (year, last) = (BangkokTime.DateOf(now).Year + FiscalYear.BuddhistOffset, 0);
        session.Enqueue(EnsureNumberRow, office, definitionKey, year);
        await session.FlushAsync();
        await session.QueryAsync(
            $"{LastNumber} {database.Lock("n")}", new object?[] { office, definitionKey, year }, row => last = row.GetInt32(0));
        return new CaseNumber(office, definitionKey, year, last + 1);
    }

    /// <summary>A case has it; stored with the case.</summary>
    public void Take(WriteSession session) => session.Enqueue(SetNumber, Office, DefinitionKey, Year, Number);

    public override string ToString() => $"{Number}/{Year}";
}
