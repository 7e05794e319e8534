using System.Collections.Immutable;
using System.Globalization;

namespace ProcessEngine.Core.Expressions;

/// <summary>Reads the text of an expression, once, by recursive descent; every part is checked for its type as it is read.</summary>
sealed class Parser(string text, IReadOnlyDictionary<string, VariableType> variables)
{
    public const int MaxTextMade = 10_000;

    static readonly string[] Words = ["and", "or", "not", "in", "contains", "is", "empty", "count", "true", "false", "date"];
    static readonly string[] Signs = ["<=", ">=", "!=", "=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ","];

    readonly List<string> used = [];
    int at;
    int depth;
    (TokenKind Kind, string Text, int Position) token;

    enum TokenKind
    {
        End,
        Name,
        Word,
        Number,
        Text,
        Sign,
    }

    /// <summary>The first fault ends the reading: what follows it would be guessed.</summary>
    sealed class FaultException(ExpressionProblem problem) : Exception(problem.Code)
    {
        public ExpressionProblem Problem { get; } = problem;
    }

    public CompiledExpression Compile()
    {
        try
        {
            if (text.Length > Expression.MaxLength)
            {
                throw Fault(
                    0, "too-long", $"ยาวเกิน {Expression.MaxLength} ตัวอักษร", $"It is longer than {Expression.MaxLength} characters.");
            }

            Next();
            var root = Or();
            if (token.Kind != TokenKind.End)
                throw Unexpected();
            return new CompiledExpression(new Expression(root, [.. used.Distinct()]), []);
        }
        catch (FaultException fault)
        {
            return new CompiledExpression(null, [fault.Problem]);
        }
    }

    Term Or()
    {
        var left = And();
        while (Take("or"))
            left = new LogicalTerm(Boolean(left), Boolean(And()), And: false);
        return left;
    }

    Term And()
    {
        var left = Negation();
        while (Take("and"))
            left = new LogicalTerm(Boolean(left), Boolean(Negation()), And: true);
        return left;
    }

    Term Negation() => Nested(() => Take("not") ? new Not(Boolean(Negation())) : Comparison());

    Term Comparison()
    {
        var left = Sum();
        var position = token.Position;
        if (Take("is"))
        {
            var wanted = !Take("not");
            return Take("empty") ? new IsEmpty(left, wanted) : throw Unexpected();
        }

        if (Take("in"))
        {
            var list = Sum();
            if (list.Type != VariableType.List || left.Type is not (VariableType.Text or VariableType.Number))
                throw Mismatch(position, "in", left, list);
            return new ComparisonTerm(left, "in", list);
        }

        if (Take("contains"))
        {
            var part = Sum();
            if (!(left.Type == VariableType.Text && part.Type == VariableType.Text)
                && !(left.Type == VariableType.List && part.Type is VariableType.Text or VariableType.Number))
                throw Mismatch(position, "contains", left, part);
            return new ComparisonTerm(left, "contains", part);
        }

        if (token is not { Kind: TokenKind.Sign, Text: "=" or "!=" or "<" or "<=" or ">" or ">=" })
            return left;
        var sign = token.Text;
        Next();
        var right = Sum();
        var ordered = left.Type is VariableType.Number or VariableType.Date;
        if (left.Type != right.Type || left.Type == VariableType.List || (sign is not ("=" or "!=") && !ordered))
            throw Mismatch(position, sign, left, right);
        return new ComparisonTerm(left, sign, right);
    }

    Term Sum()
    {
        var left = Product();
        while (token is { Kind: TokenKind.Sign, Text: "+" or "-" })
        {
            var (sign, position) = (token.Text, token.Position);
            Next();
            var right = Product();
            if (left.Type != right.Type || (left.Type != VariableType.Number && !(left.Type == VariableType.Text && sign == "+")))
                throw Mismatch(position, sign, left, right);
            left = new Arithmetic(left, sign[0], right);
        }

        return left;
    }

    Term Product()
    {
        var left = Unary();
        while (token is { Kind: TokenKind.Sign, Text: "*" or "/" })
        {
            var (sign, position) = (token.Text, token.Position);
            Next();
            var right = Unary();
            if (left.Type != VariableType.Number || right.Type != VariableType.Number)
                throw Mismatch(position, sign, left, right);
            left = new Arithmetic(left, sign[0], right);
        }

        return left;
    }

    Term Unary() => Nested(() =>
    {
        var position = token.Position;
        if (!TakeSign("-"))
            return Counted();
        var of = Unary();
        return of.Type == VariableType.Number
            ? new Minus(of)
            : throw Fault(position, "type-mismatch", "เครื่องหมายลบใช้ได้กับตัวเลขเท่านั้น", "Only a number can be negative.");
    });

    Term Counted()
    {
        var of = Primary();
        var position = token.Position;
        if (!Take("count"))
            return of;
        return of.Type == VariableType.List
            ? new CountOf(of)
            : throw Fault(position, "type-mismatch", "count ใช้ได้กับรายการเท่านั้น", "Only a list can be counted.");
    }

    Term Primary()
    {
        var (kind, said, position) = token;
        switch (kind)
        {
            case TokenKind.Number:
                Next();
                return decimal.TryParse(said, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                    ? new Literal(Value.Of(number))
                    : throw Fault(position, "syntax", "ตัวเลขไม่ถูกต้อง", "This is no number.");
            case TokenKind.Text:
                Next();
                return new Literal(Value.Of(said));
            case TokenKind.Word when said is "true" or "false":
                Next();
                return new Literal(Value.Of(said == "true"));
            case TokenKind.Word when said == "date":
                Next();
                return Date();
            case TokenKind.Name:
                Next();
                return Variable(said, position);
        }

        if (TakeSign("("))
        {
            var inner = Nested(Or);
            return TakeSign(")") ? inner : throw Unexpected();
        }

        return TakeSign("[") ? List() : throw Unexpected();
    }

    Term Date()
    {
        if (token.Kind != TokenKind.Text || !Value.TryReadDate(token.Text, out var date))
        {
            throw Fault(
                token.Position, "syntax", "วันที่ต้องเขียนเป็น ค.ศ. เช่น date \"2026-12-08\"",
                "A date is written as date \"2026-12-08\" (Gregorian).");
        }

        Next();
        return new Literal(Value.Of(date));
    }

    Term List()
    {
        var items = ImmutableArray.CreateBuilder<Value>();
        while (!TakeSign("]"))
        {
            if (items.Count > 0 && !TakeSign(","))
                throw Unexpected();
            var position = token.Position;
            var item = Unary();
            if (item is not (Literal or Minus { Of: Literal }) || item.Type is not (VariableType.Text or VariableType.Number))
                throw Fault(position, "syntax", "ในรายการมีได้เฉพาะข้อความหรือตัวเลข", "A list holds texts or numbers.");
            items.Add(item.Evaluate(System.Collections.Frozen.FrozenDictionary<string, string>.Empty));
        }

        return new Literal(Value.Of(items.ToImmutable()));
    }

    Term Variable(string name, int position)
    {
        if (variables.TryGetValue(name, out var type))
        {
            used.Add(name);
            return new VariableTerm(name, type);
        }

        var near = variables.Keys.Where(k => Distance(k, name) <= 2).OrderBy(k => Distance(k, name)).ThenBy(k => k, StringComparer.Ordinal)
            .FirstOrDefault();
        throw Fault(
            position, "unknown-variable",
            $"ไม่มีตัวแปร \"{name}\"{(near is null ? "" : $" หมายถึง \"{near}\" หรือไม่")}",
            $"There is no variable \"{name}\"{(near is null ? "" : $"; did you mean \"{near}\"?")}");
    }

    // Tokens ---------------------------------------------------------------------------------------------------------------------------

    bool Take(string word)
    {
        if (token.Kind != TokenKind.Word || token.Text != word)
            return false;
        Next();
        return true;
    }

    bool TakeSign(string sign)
    {
        if (token.Kind != TokenKind.Sign || token.Text != sign)
            return false;
        Next();
        return true;
    }

    void Next()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        var start = at;
        if (at == text.Length)
        {
            token = (TokenKind.End, "", start);
            return;
        }

        var c = text[at];
        if (c == '"')
        {
            token = (TokenKind.Text, Quoted(), start);
        }
        else if (char.IsAsciiDigit(c))
        {
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
                at++;
            token = (TokenKind.Number, text[start..at], start);
        }
        else if (IsNamePart(c))
        {
            while (at < text.Length && IsNamePart(text[at]))
                at++;
            var name = text[start..at];
            token = (Words.Contains(name) ? TokenKind.Word : TokenKind.Name, name, start);
        }
        else
        {
            var sign = Signs.FirstOrDefault(s => string.CompareOrdinal(text, at, s, 0, s.Length) == 0)
                ?? throw Fault(at, "syntax", $"ไม่รู้จักเครื่องหมาย \"{c}\"", $"\"{c}\" means nothing here.");
            at += sign.Length;
            token = (TokenKind.Sign, sign, start);
        }
    }

    // Letters of any script, with the vowels and tone marks that Thai sets above and below them.
    static bool IsNamePart(char c) => c == '_' || char.IsLetterOrDigit(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    string Quoted()
    {
        var start = at++;
        var said = new System.Text.StringBuilder();
        while (at < text.Length && text[at] != '"')
        {
            if (text[at] == '\\' && at + 1 < text.Length)
                at++;
            said.Append(text[at++]);
        }

        if (at++ >= text.Length)
            throw Fault(start, "syntax", "ข้อความไม่มีเครื่องหมายคำพูดปิด", "The text has no closing quotation mark.");
        return said.ToString();
    }

    // Faults ---------------------------------------------------------------------------------------------------------------------------

    Term Nested(Func<Term> read)
    {
        if (++depth > Expression.MaxDepth)
            throw Fault(token.Position, "too-deep", "วงเล็บซ้อนลึกเกินไป", "It is nested too deeply.");
        var term = read();
        depth--;
        return term;
    }

    Term Boolean(Term term) => term.Type == VariableType.Boolean
        ? term
        : throw Fault(
            token.Position, "type-mismatch", $"ต้องเป็นเงื่อนไขจริงหรือเท็จ แต่เป็น{Thai(term.Type)}",
            $"A condition is needed here, and this is {English(term.Type)}.");

    FaultException Unexpected() => token.Kind == TokenKind.End
        ? Fault(token.Position, "syntax", "เงื่อนไขไม่จบ", "The expression ends too early.")
        : Fault(token.Position, "syntax", $"ไม่คาดว่าจะพบ \"{token.Text}\" ที่นี่", $"\"{token.Text}\" is not expected here.");

    static FaultException Mismatch(int position, string sign, Term left, Term right) => Fault(
        position, "type-mismatch", $"ใช้ \"{sign}\" ระหว่าง{Thai(left.Type)}กับ{Thai(right.Type)}ไม่ได้",
        $"\"{sign}\" does not go between {English(left.Type)} and {English(right.Type)}.");

    static FaultException Fault(int position, string code, string th, string en) =>
        new(new ExpressionProblem(position, code, new LocalizedText(th, en)));

    static string Thai(VariableType type) => type switch
    {
        VariableType.Boolean => "ค่าจริงเท็จ",
        VariableType.Number => "ตัวเลข",
        VariableType.Date => "วันที่",
        VariableType.List => "รายการ",
        VariableType.Text => "ข้อความ",
    };

    static string English(VariableType type) => type switch
    {
        VariableType.Boolean => "true or false",
        VariableType.Number => "a number",
        VariableType.Date => "a date",
        VariableType.List => "a list",
        VariableType.Text => "a text",
    };

    /// <summary>Edits from one name to the other (Levenshtein).</summary>
    static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
