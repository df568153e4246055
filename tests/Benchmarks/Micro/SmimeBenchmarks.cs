using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using UeFarm.Protocol;
using UeFarm.Protocol.Smime;

namespace UeFarm.Benchmarks.Micro;

/// <summary>Protecting and opening a text of 160 bytes, beside the bare primitives of the same run.</summary>
[MemoryDiagnoser]
public class SmimeBenchmarks : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SeededRandomSource _random = new(1);
    private readonly byte[] _kek = new byte[16];
    private readonly byte[] _keyIdentifier = new byte[16];
    private readonly byte[] _nonce = new byte[12];
    private readonly byte[] _tag = new byte[16];
    private readonly byte[] _digest = new byte[32];
    private readonly byte[] _mikey = new byte[338];
    private readonly UeCertificateAuthority _authority = UeCertificateAuthority.Create("Benchmark CA", Now);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly AesWrapEngine _wrap = new();
    private UeCertificate _certificate = null!;
    private byte[] _entity = [];
    private byte[] _ciphertext = [];
    private byte[] _sealed = [];
    private byte[] _signedAndSealed = [];
    private byte[] _signature = [];
    private byte[] _body = [];
    private byte[] _contentType = [];

    [GlobalSetup]
    public void Setup()
    {
        _certificate = _authority.Issue("sip:ue000001@ims.example", Now);
        _entity = ProtectedBody.TextEntity("<1@ims.example>", new byte[160]);
        _ciphertext = new byte[_entity.Length];
        _sealed = Seal();
        _signedAndSealed = SmimeSealer.Seal(Sign(), _kek, _keyIdentifier, SmimeCipher.Aes128Gcm, _random);
        _signature = BareSign();
        var (contentType, body) = ProtectedBody.Compose(_mikey, _sealed, _random);
        _contentType = Encoding.ASCII.GetBytes(contentType);
        _body = body;
    }

    [Benchmark]
    public byte[] Seal() => SmimeSealer.Seal(_entity, _kek, _keyIdentifier, SmimeCipher.Aes128Gcm, _random);

    [Benchmark]
    public bool Open() => SmimeOpener.TryOpen(_sealed, _kek, null, Now, out _, out _);

    [Benchmark]
    public byte[] Sign() => SmimeSealer.Sign(_entity, _certificate, Now);

    [Benchmark]
    public bool OpenAndVerify() => SmimeOpener.TryOpen(_signedAndSealed, _kek, _authority, Now, out _, out _);

    [Benchmark]
    public byte[] ComposeBody() => ProtectedBody.Compose(_mikey, _sealed, _random).Body;

    [Benchmark]
    public bool SplitBody() => ProtectedBody.TrySplit(_contentType, _body, out _, out _, out _);

    [Benchmark]
    public void IssueCertificate() => _authority.Issue("sip:ue000002@ims.example", Now).Dispose();

    [Benchmark]
    public void BareGcm()
    {
        using var gcm = new AesGcm(_kek, 16);
        gcm.Encrypt(_nonce, _entity, _ciphertext, _tag);
    }

    [Benchmark]
    public byte[] BareKeyWrap()
    {
        _wrap.Init(true, new KeyParameter(_kek));
        return _wrap.Wrap(_kek, 0, _kek.Length);
    }

    [Benchmark]
    public byte[] BareSign() => _key.SignHash(_digest);

    [Benchmark]
    public bool BareVerify() => _key.VerifyHash(_digest, _signature);

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
        _authority.Dispose();
        GC.SuppressFinalize(this);
    }
}
