/// How glibc's allocator works in the processes of the pipeline; see its manual, "Memory Allocation
/// Tunables".
///
/// A turn takes and gives back many buffers of some kilobytes. With glibc's own settings each of
/// them goes past the cache of its thread, and what is given back makes the heap shrink and grow
/// again: a twentieth of the processor, measured with `parley bench pipeline`.
enum AllocatorSettings {
    /// The variable that glibc reads when a program starts.
    static let variable = "GLIBC_TUNABLES"

    static let text = [
        // Buffers of up to 64 KiB are kept by their thread, 64 of a size at most.
        "glibc.malloc.tcache_max=65536",
        "glibc.malloc.tcache_count=64",
        // No list of small pieces besides, which would have to be gone through before a large one.
        "glibc.malloc.mxfast=0",
        // What is free at the heap's end goes back to the kernel from 32 MiB on.
        "glibc.malloc.trim_threshold=33554432",
        // A heap grows by 4 MiB at a time, which cost nothing before they are used: by less, a
        // busy one asks the kernel so often that a twelfth of the turns is lost.
        "glibc.malloc.top_pad=4194304",
        "glibc.malloc.mmap_threshold=1048576",
    ].joined(separator: ":")

    /// An environment with these settings, unless it has some of its own.
    static func added(to environment: [String: String]) -> [String: String] {
        environment.merging([variable: text]) { own, _ in own }
    }
}
