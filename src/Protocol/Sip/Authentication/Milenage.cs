using System.Buffers.Binary;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;

namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>
/// The Milenage functions f1 to f5* of one subscriber (TS 35.206 clause 4.1) over AES-128. Cheap to make, holds only the key
/// schedule and OPc; not safe to share between threads. The block cipher is the managed one with hardware instructions: a
/// native handle per authentication would cost more than all the functions together.
/// </summary>
public sealed class Milenage
{
    public const int BlockLength = 16;
    public const int SqnLength = 6;
    public const int AmfLength = 2;
    public const int MacLength = 8;
    public const int ResLength = 8;

    private readonly IBlockCipher _cipher;
    private readonly UInt128 _opc;

    /// <summary>Takes K and OPc, 16 bytes each.</summary>
    public Milenage(ReadOnlySpan<byte> k, ReadOnlySpan<byte> opc)
    {
        RequireLength(k, BlockLength, nameof(k));
        RequireLength(opc, BlockLength, nameof(opc));
        _cipher = CreateCipher(k);
        _opc = BinaryPrimitives.ReadUInt128BigEndian(opc);
    }

    /// <summary>OPc = OP xor E_K(OP) (TS 35.206 clause 4.1); all 16 bytes.</summary>
    public static void DeriveOpc(ReadOnlySpan<byte> k, ReadOnlySpan<byte> op, Span<byte> opc)
    {
        RequireLength(k, BlockLength, nameof(k));
        RequireLength(op, BlockLength, nameof(op));
        var plain = BinaryPrimitives.ReadUInt128BigEndian(op);
        BinaryPrimitives.WriteUInt128BigEndian(opc, Encrypt(CreateCipher(k), plain) ^ plain);
    }

    /// <summary>f1: MAC-A, 8 bytes, with which the network proves itself.</summary>
    public void ComputeMacA(ReadOnlySpan<byte> rand, ReadOnlySpan<byte> sqn, ReadOnlySpan<byte> amf, Span<byte> macA) =>
        BinaryPrimitives.WriteUInt64BigEndian(macA, (ulong)(ComputeOut1(rand, sqn, amf) >> 64));

    /// <summary>f1*: MAC-S, 8 bytes, with which the phone proves a resynchronisation.</summary>
    public void ComputeMacS(ReadOnlySpan<byte> rand, ReadOnlySpan<byte> sqn, ReadOnlySpan<byte> amf, Span<byte> macS) =>
        BinaryPrimitives.WriteUInt64BigEndian(macS, (ulong)ComputeOut1(rand, sqn, amf));

    /// <summary>f2 and f5 in one block: RES (8 bytes) and AK (6 bytes).</summary>
    public void ComputeResponse(ReadOnlySpan<byte> rand, Span<byte> res, Span<byte> ak)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        BinaryPrimitives.WriteUInt128BigEndian(block, ComputeOut(rand, rotation: 0, constant: 1));
        block[8..].CopyTo(res);
        block[..SqnLength].CopyTo(ak);
    }

    /// <summary>f3: CK, 16 bytes.</summary>
    public void ComputeCipherKey(ReadOnlySpan<byte> rand, Span<byte> ck) =>
        BinaryPrimitives.WriteUInt128BigEndian(ck, ComputeOut(rand, rotation: 32, constant: 2));

    /// <summary>f4: IK, 16 bytes.</summary>
    public void ComputeIntegrityKey(ReadOnlySpan<byte> rand, Span<byte> ik) =>
        BinaryPrimitives.WriteUInt128BigEndian(ik, ComputeOut(rand, rotation: 64, constant: 4));

    /// <summary>f5*: AK*, 6 bytes, which hides SQN_MS in a resynchronisation.</summary>
    public void ComputeResynchronisationKey(ReadOnlySpan<byte> rand, Span<byte> ak)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        BinaryPrimitives.WriteUInt128BigEndian(block, ComputeOut(rand, rotation: 96, constant: 8));
        block[..SqnLength].CopyTo(ak);
    }

    private UInt128 ComputeOut1(ReadOnlySpan<byte> rand, ReadOnlySpan<byte> sqn, ReadOnlySpan<byte> amf)
    {
        RequireLength(sqn, SqnLength, nameof(sqn));
        RequireLength(amf, AmfLength, nameof(amf));
        Span<byte> input = stackalloc byte[BlockLength];
        sqn.CopyTo(input);
        amf.CopyTo(input[SqnLength..]);
        input[..8].CopyTo(input[8..]);
        var in1 = BinaryPrimitives.ReadUInt128BigEndian(input);
        return Encrypt(_cipher, ComputeTemp(rand) ^ UInt128.RotateLeft(in1 ^ _opc, 64)) ^ _opc;
    }

    private UInt128 ComputeOut(ReadOnlySpan<byte> rand, int rotation, byte constant) =>
        Encrypt(_cipher, UInt128.RotateLeft(ComputeTemp(rand) ^ _opc, rotation) ^ constant) ^ _opc;

    private UInt128 ComputeTemp(ReadOnlySpan<byte> rand)
    {
        RequireLength(rand, BlockLength, nameof(rand));
        return Encrypt(_cipher, BinaryPrimitives.ReadUInt128BigEndian(rand) ^ _opc);
    }

    private static UInt128 Encrypt(IBlockCipher cipher, UInt128 block)
    {
        Span<byte> input = stackalloc byte[BlockLength];
        Span<byte> output = stackalloc byte[BlockLength];
        BinaryPrimitives.WriteUInt128BigEndian(input, block);
        cipher.ProcessBlock(input, output);
        return BinaryPrimitives.ReadUInt128BigEndian(output);
    }

    private static IBlockCipher CreateCipher(ReadOnlySpan<byte> k)
    {
        var cipher = Org.BouncyCastle.Crypto.AesUtilities.CreateEngine();
        cipher.Init(forEncryption: true, new KeyParameter(k));
        return cipher;
    }

    private static void RequireLength(ReadOnlySpan<byte> value, int length, string name)
    {
        if (value.Length != length)
        {
            throw new ArgumentException($"{length} bytes are needed", name);
        }
    }
}
