FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source
# Packages first: this layer stays while only sources change.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/Protocol/Protocol.csproj src/Protocol/packages.lock.json src/Protocol/
COPY src/Actors/Actors.csproj src/Actors/packages.lock.json src/Actors/
COPY src/Farm/Farm.csproj src/Farm/packages.lock.json src/Farm/
RUN dotnet restore src/Farm/Farm.csproj --locked-mode
COPY src/ src/
RUN dotnet publish src/Farm/Farm.csproj --configuration Release --no-restore --output /app -p:UseAppHost=false

# Without shell, package manager, ICU and fonts. The farm needs none of them: it is built for the invariant culture, and its native
# libraries (SQLite, SkiaSharp without dependencies, HarfBuzz) ask for the C library alone. So not the -extra image.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
COPY --from=build /app /app
# As in the launcher (uefarm), which says why.
ENV DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 DOTNET_TieredPGO=1 DOTNET_gcServer=0
# Results go here and temporary files to /tmp; both are mounted, everything else can be read-only.
WORKDIR /var/lib/uefarm
# The user app of the base image, as a number so that Kubernetes can see that it is not root.
USER 1654
EXPOSE 4053/tcp 5060/tcp 5060/udp 9464/tcp
ENTRYPOINT ["dotnet", "/app/uefarm.dll"]
