using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace ProcessEngine.Core.Expressions;

/// <summary>What an expression comes to. Empty is a value too: what is absent, null, of the wrong type, or cannot be computed.</summary>
public readonly struct Value : IEquatable<Value>
{
    readonly decimal number;
    readonly object? other;

    Value(VariableType type, decimal number, object? other) => (Type, this.number, this.other) = (type, number, other);

    public static Value Empty => default;

    /// <summary>Null for empty.</summary>
    public VariableType? Type { get; }

    public bool IsEmpty => Type is null || (Type == VariableType.Text && Text.Length == 0) || (Type == VariableType.List && Items.IsEmpty);
    public bool IsTrue => Type == VariableType.Boolean && number != 0;
    public decimal Number => number;
    public string Text => (string)other!;
    public DateOnly Date => DateOnly.FromDayNumber((int)number);
    public ImmutableArray<Value> Items => (ImmutableArray<Value>)other!;

    public static Value Of(bool value) => new(VariableType.Boolean, value ? 1 : 0, null);
    public static Value Of(decimal value) => new(VariableType.Number, value, null);
    public static Value Of(string value) => new(VariableType.Text, 0, value);
    public static Value Of(DateOnly value) => new(VariableType.Date, value.DayNumber, null);
    public static Value Of(ImmutableArray<Value> items) => new(VariableType.List, 0, items);

    /// <summary>Reads a JSON text as a value of a declared type; empty when it is not one.</summary>
    public static Value Read(string? json, VariableType type)
    {
        if (json is null)
            return Empty;
        using var document = JsonDocument.Parse(json);
        return Read(document.RootElement, type);
    }

    static Value Read(JsonElement json, VariableType type) => type switch
    {
        VariableType.Boolean => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? Of(json.GetBoolean()) : Empty,
        VariableType.Number => json.ValueKind == JsonValueKind.Number && json.TryGetDecimal(out var number) ? Of(number) : Empty,
        VariableType.Text => json.ValueKind == JsonValueKind.String ? Of(json.GetString()!) : Empty,
        VariableType.Date => json.ValueKind == JsonValueKind.String && TryReadDate(json.GetString()!, out var date) ? Of(date) : Empty,
        VariableType.List => json.ValueKind == JsonValueKind.Array ? Of([.. json.EnumerateArray().Select(ReadItem)]) : Empty,
    };

    static Value ReadItem(JsonElement json) =>
        Read(json, json.ValueKind == JsonValueKind.Number ? VariableType.Number : VariableType.Text);

    /// <summary>The Gregorian date at the beginning of an ISO 8601 text.</summary>
    public static bool TryReadDate(string text, out DateOnly date)
    {
        ArgumentNullException.ThrowIfNull(text);
        date = default;
        return text.Length >= 10 && (text.Length == 10 || text[10] == 'T')
            && DateOnly.TryParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
    }

    /// <summary>Equal values of one type; empty equals nothing, not even empty.</summary>
    public bool Equals(Value other) => Type is { } type && type == other.Type && type switch
    {
        VariableType.Text => Text == other.Text,
        VariableType.List => Items.SequenceEqual(other.Items),
        VariableType.Boolean or VariableType.Number or VariableType.Date => number == other.number,
    };

    public override bool Equals(object? obj) => obj is Value value && Equals(value);
    public override int GetHashCode() => HashCode.Combine(Type, number, other as string);
    public static bool operator ==(Value left, Value right) => left.Equals(right);
    public static bool operator !=(Value left, Value right) => !left.Equals(right);
}
