using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Service.Offices;

/// <summary>The kinds of offices as they are stored and sent.</summary>
public static class OfficeKinds
{
    public const string Area = "area";
    public const string Primary = "primary";
    public const string Secondary = "secondary";

    /// <summary>What the name of an office says of it.</summary>
    public static string Of(string nameTh)
    {
        ArgumentNullException.ThrowIfNull(nameTh);
        return Has("มัธยมศึกษา", "สพม") ? Secondary : Has("ประถมศึกษา", "สพป") ? Primary : Area;

        bool Has(string word, string letters) =>
            nameTh.Contains(word, StringComparison.Ordinal) || nameTh.Contains(letters, StringComparison.Ordinal);
    }

    public static OfficeKind Parse(string kind) => kind switch
    {
        Primary => OfficeKind.Primary,
        Secondary => OfficeKind.Secondary,
        Area => OfficeKind.Area,
        _ => throw UnknownKind.Of(kind),
    };
}
