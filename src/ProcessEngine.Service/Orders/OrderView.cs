using System.Collections.Immutable;
using System.Globalization;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Orders;

/// <summary>An order as callers see it.</summary>
/// <param name="Holder">Whose post it is; null while it is vacant.</param>
/// <param name="UserId">Who sits in it.</param>
/// <param name="To">Last day, inclusive; null until a further order.</param>
/// <param name="DefinitionKeys">The procedures that it covers; null for all.</param>
/// <param name="Acts">The acts that it covers; null for all.</param>
public sealed record OrderView(
    Guid Id,
    string Office,
    string Number,
    string Kind,
    string Role,
    Guid? Holder,
    string? HolderName,
    Guid UserId,
    string UserName,
    DateOnly From,
    DateOnly? To,
    ImmutableArray<string>? DefinitionKeys,
    ImmutableArray<string>? Acts,
    string? Reason,
    DateTimeOffset CreatedAt,
    Guid CreatedBy,
    DateTimeOffset? RevokedAt,
    Guid? RevokedBy,
    string? RevokedFor);

public sealed record OrderNotFound(Guid OrderId) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "order-not-found", "orderId", "ไม่พบคำสั่งนี้ในทะเบียน", "There is no such order in the register of this office.",
        ("id", OrderId));
}

public sealed record OrderRevoked(Guid OrderId, DateTimeOffset At) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "order-revoked", null, "คำสั่งนี้ถูกยกเลิกไปแล้ว", $"The order was revoked{Problems.At(At)}.", ("id", OrderId), ("at", At));
}

/// <summary>Another order puts somebody into the same post for the same time and things.</summary>
public sealed record OrderOverlaps(Guid OrderId, string Number, DateOnly From, DateOnly? To) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "order-overlaps", "from", $"ซ้อนกับคำสั่งที่ {Number} ซึ่งใช้กับตำแหน่งและช่วงเวลาเดียวกัน",
        $"Order {Number} covers the same post at the same time ({From:yyyy-MM-dd} to "
            + $"{(To is { } to ? to.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "a further order")}).",
        ("id", OrderId), ("number", Number), ("from", From), ("to", To));
}

/// <summary>Nobody is put in the place of somebody who is not there.</summary>
public sealed record HolderLacksPost(Guid Holder, string Role) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        422, "holder-lacks-post", "holder", $"ผู้ที่ระบุไม่ได้เป็น{Roles.NameOf(Role).Th}ในสำนักงานนี้",
        $"Whoever is named does not hold the post {Role} in this office.",
        ("holder", Holder), ("role", Role));
}
