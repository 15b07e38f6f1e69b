import FuzzProperties
import Glibc

/// The target that `PARLEY_FUZZ_TARGET` names; libFuzzer takes all arguments for its own.
private let target: FuzzTarget = {
    let name = unsafe getenv("PARLEY_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget.named(name) else {
        complain("PARLEY_FUZZ_TARGET is '\(name)', not one of \(FuzzTarget.all.map(\.name))")
        exit(2)
    }
    return target
}()

/// One input of libFuzzer; a property that does not hold ends the process, as a crash does.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard bytes.count <= target.maximumLength else { return 0 }
    do throws(PropertyViolation) {
        try target.check(bytes)
    } catch {
        complain("\(target.name): \(error)")
        abort()
    }
    return 0
}

private func complain(_ words: String) {
    let line = Array("\(words)\n".utf8)
    _ = unsafe write(2, line, line.count)
}

/// libFuzzer's driver; it never returns while there is something to try.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The package manager gives every program's `main` this name.
@_cdecl("fuzzer_main")
func runFuzzer(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> CInt {
    var count = count
    var arguments = unsafe arguments
    return unsafe runDriver(&count, &arguments, { unsafe testOneInput($0, $1) })
}
