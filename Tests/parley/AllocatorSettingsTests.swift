import Testing

@testable import parley

@Suite("The allocator of the pipeline's processes")
struct AllocatorSettingsTests {
    @Test("an environment gets settings, and keeps all that it has")
    func added() {
        let environment = AllocatorSettings.added(to: ["PATH": "/bin"])
        #expect(environment["PATH"] == "/bin")
        #expect(environment[AllocatorSettings.variable] == AllocatorSettings.text)
    }

    @Test("settings that somebody chose stay as they are")
    func chosen() {
        let own = [AllocatorSettings.variable: "glibc.malloc.tcache_count=0"]
        #expect(AllocatorSettings.added(to: own) == own)
    }
}
