global using UeFarm.Farm.Tests.Support;
global using Xunit;
