using k8s.Models;
using UeFarm.Farm.Scenarios;
using UeFarm.Manifests.Tests.Checks;
using YamlDotNet.Core;

namespace UeFarm.Manifests.Tests;

/// <summary>Each overlay as kustomize renders it, with the Job that submits.</summary>
public sealed class ManifestTests
{
    public static TheoryData<string> Overlays => ["small", "large"];

    [Theory]
    [MemberData(nameof(Overlays))]
    public void The_overlay_holds_together(string overlay) => Assert.Empty(ProblemsOf(ManifestSet.RenderFarm(overlay)));

    [Fact]
    public void Everything_that_an_overlay_should_have_is_there()
    {
        var small = ManifestSet.Read(ManifestSet.RenderFarm("small"));
        Assert.Equal([("uefarm", 3)], small.All<V1StatefulSet>().Select(set => (set.Metadata.Name, set.Spec.Replicas ?? 0)));
        Assert.Empty(small.All<PodMonitor>());
        var large = ManifestSet.Read(ManifestSet.RenderFarm("large"));
        Assert.Equal(["uefarm-as", "uefarm-control", "uefarm-core", "uefarm-ue"], large.Nodes.Select(nodes => nodes.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["as", "kms conductor", "core", "ue"], large.Nodes.OrderBy(nodes => nodes.Name, StringComparer.Ordinal).Select(nodes => string.Join(' ', nodes.Roles)));
        Assert.Single(large.All<PodMonitor>());
        Assert.Single(large.All<PrometheusRule>());
        Assert.All(new[] { small, large }, farm => Assert.Single(farm.All<V1Job>()));
    }

    [Fact]
    public void The_scenario_that_is_submitted_is_one()
    {
        var submit = ManifestSet.Read(Kustomize.Render("submit"));
        var text = submit.All<V1ConfigMap>().Single().Data["scenario.yaml"];
        var read = ScenarioReader.Read(text, "scenario.yaml", []);
        Assert.Empty(read.Errors.Select(error => error.Format("scenario.yaml")));
    }

    [Theory]
    [InlineData("small", "cluster.listen: 0.0.0.0:4053", "  listen: 0.0.0.0:4053", "  listen: 0.0.0.0:4054", "remoting listens elsewhere")]
    [InlineData("small", "a container port", "containerPort: 9464", "containerPort: 9465", "other ports")]
    [InlineData("small", "a service's port", "targetPort: admin", "targetPort: web", "leads nowhere")]
    [InlineData("small", "the readiness probe", "/health/ready", "/health/live", "readiness is not that of the member")]
    [InlineData("small", "the liveness probe", "/health/live", "/health/ready", "liveness is not that of the process")]
    [InlineData("small", "the grace period", "terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: 9", "is killed while it stops")]
    [InlineData("small", "fewer replicas than seeds", "replicas: 3", "replicas: 2", "seed uefarm-2.uefarm-nodes:4053 is no node")]
    [InlineData("large", "a seed of another set", "- uefarm-core-0.", "- uefarm-cores-0.", "seed uefarm-cores-0.uefarm-nodes:4053 is no node")]
    [InlineData("small", "an unknown key of the node file", "storePasswordFile:", "storePasword:", "the node file has other keys")]
    [InlineData("small", "where a secret is mounted", "path: secrets/node.pfx\n", "path: node.pfx\n", "cluster.tls.certificate is not mounted from a secret")]
    [InlineData("small", "the token of the Job", "--token-file=/etc/uefarm/secrets/admin.token", "--token-file=/etc/uefarm/token", "another token")]
    [InlineData("small", "the conductor's address", "http://uefarm-conductor:9464", "http://uefarm-conductor:80", "nobody's conductor")]
    [InlineData("large", "the conductor's service", "app.kubernetes.io/component: node\n    uefarm/conductor: \"true\"", "app.kubernetes.io/component: node", "nobody's conductor")]
    [InlineData("small", "the advertised name", "$(POD_NAME).uefarm-nodes", "$(POD_NAME)", "is not advertised")]
    [InlineData("small", "a variable", "$(POD_IP)", "$(HOST_IP)", "a variable that is not there: HOST_IP")]
    [InlineData("large", "a role", "value: kms,conductor", "value: kms", "nobody has the role conductor")]
    [InlineData("large", "a role's name", "value: core", "value: proxy", "not a role in proxy")]
    [InlineData("small", "root", "runAsNonRoot: true", "runAsNonRoot: false", "may run as root")]
    [InlineData("small", "the user", "runAsUser: 1654", "runAsUser: 1000", "another user than the image")]
    [InlineData("small", "the root file system", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "not read-only")]
    [InlineData("small", "privileges", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "may escalate")]
    [InlineData("small", "capabilities", "- ALL", "- NET_RAW", "does not drop all capabilities")]
    [InlineData("small", "seccomp", "type: RuntimeDefault", "type: Unconfined", "without the seccomp profile")]
    [InlineData("small", "the API token", "automountServiceAccountToken: false", "automountServiceAccountToken: true", "mounts a token")]
    [InlineData("small", "the namespace's profile", "enforce: restricted", "enforce: baseline", "does not enforce")]
    [InlineData("small", "/tmp", "mountPath: /tmp", "mountPath: /temp", "/tmp cannot be written")]
    [InlineData("small", "the working folder", "mountPath: /var/lib/uefarm", "mountPath: /var/lib/farm", "the working folder cannot be written")]
    [InlineData("small", "a password in the connection string", "Username=uefarm", "Username=uefarm;Password=x", "secret in config map")]
    [InlineData("small", "a password in the environment", "- name: ROLES", "- name: PGPASSWORD\n          value: x\n        - name: ROLES", "secret in the environment")]
    [InlineData("small", "default deny", "podSelector: {}\n  policyTypes:\n  - Ingress\n  - Egress", "podSelector: {}\n  policyTypes:\n  - Ingress", "denies everything")]
    [InlineData("small", "a policy's port", "port: 4053\n      protocol: TCP", "port: 4054\n      protocol: TCP", "cannot reach uefarm on port 4053/TCP")]
    [InlineData(
        "small", "a wide policy",
        "- port: 5060\n      protocol: TCP", "- port: 5060\n      endPort: 9999\n      protocol: TCP", "uefarm can reach uefarm on port 9464/TCP")]
    [InlineData("small", "the target", "cidr: 192.0.2.0/24", "cidr: 0.0.0.0/0", "allows any address")]
    [InlineData("small", "DNS", "kubernetes.io/metadata.name: kube-system", "kubernetes.io/metadata.name: dns", "cannot ask DNS")]
    [InlineData(
        "small", "the labels of pods",
        "app.kubernetes.io/component: node\n        app.kubernetes.io/part-of", "app.kubernetes.io/component: ue\n        app.kubernetes.io/part-of", "selects the pods of")]
    [InlineData("large", "the sets' labels", "uefarm/set: core", "uefarm/set: ue", "uefarm-core selects the pods of")]
    [InlineData("small", "the budget", "maxUnavailable: 1", "maxUnavailable: 2", "no budget")]
    [InlineData("small", "the headless service", "publishNotReadyAddresses: true", "publishNotReadyAddresses: false", "no headless service")]
    [InlineData("large", "what is scraped", "path: /metrics", "path: /prometheus", "scrapes /prometheus")]
    [InlineData("large", "the port that is scraped", "    port: admin\n    scrapeTimeout", "    port: metrics\n    scrapeTimeout", "is not scraped")]
    [InlineData("large", "a metric", "uefarm_as_store_up", "uefarm_as_store_down", "no metric uefarm_as_store_down")]
    [InlineData("large", "a histogram", "uefarm_generator_lag_seconds_bucket", "uefarm_generator_late_seconds_bucket", "no metric uefarm_generator_late_seconds")]
    [InlineData("large", "a job", "job=~\"(uefarm/)?uefarm-nodes\"", "job=~\"uefarm\"", "no job uefarm")]
    [InlineData("large", "what Grafana looks for", "grafana_dashboard: ", "grafana_dashboards: ", "the dashboards are not there")]
    [InlineData("large", "a recording rule", "record: uefarm:messages_sent:rate1m", "alert: \"\"", "is not one that warns or records")]
    public void A_mistake_is_seen(string overlay, string what, string right, string wrong, string problem)
    {
        var text = ManifestSet.RenderFarm(overlay);
        Assert.True(text.Contains(right, StringComparison.Ordinal), $"{what}: nothing to spoil");
        Assert.Contains(ProblemsOf(text.Replace(right, wrong, StringComparison.Ordinal)), seen => seen.Contains(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("terminationGracePeriodSeconds:", "terminationGracePeriod:")]
    [InlineData("podMetricsEndpoints:", "podMetricsEndPoints:")]
    [InlineData("summary: Messages", "nested: {}\n        summary: Messages")]
    public void A_key_that_the_API_does_not_know_is_refused(string right, string wrong)
    {
        var text = ManifestSet.RenderFarm("large");
        Assert.Contains(right, text, StringComparison.Ordinal);
        Assert.Throws<YamlException>(() => ManifestSet.Read(text.Replace(right, wrong, StringComparison.Ordinal)));
    }

    private static List<string> ProblemsOf(string text)
    {
        var manifests = ManifestSet.Read(text);
        return
        [
            .. SecurityCheck.Problems(manifests), .. NetworkCheck.Problems(manifests), .. WiringCheck.Problems(manifests),
            .. LifeCheck.Problems(manifests), .. MonitoringCheck.Problems(manifests), .. ImageCheck.Problems(manifests),
        ];
    }
}
