/// Plain values one after the other in one block of memory, which grows: an array without what an
/// array does to be copied.
@safe
struct JSONScratch<Element: BitwiseCopyable>: ~Copyable {
    private var start: UnsafeMutablePointer<Element>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        unsafe start = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { unsafe start.deallocate() }

    subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "there is no such element")
            return unsafe start[index]
        }
        set {
            precondition(index >= 0 && index < count, "there is no such element")
            unsafe start[index] = newValue
        }
    }

    /// Makes room for so many more.
    @inline(__always)
    mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(by: more) }
    }

    @inline(never)
    private mutating func grow(by more: Int) {
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        unsafe moved.update(from: start, count: count)
        unsafe start.deallocate()
        unsafe start = moved
        capacity = larger
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        reserve(1)
        unsafe start[count] = element
        count += 1
    }

    @inline(__always)
    mutating func append(_ elements: UnsafeBufferPointer<Element>) {
        guard let first = elements.baseAddress else { return }
        reserve(elements.count)
        unsafe (start + count).update(from: first, count: elements.count)
        count += elements.count
    }

    /// Appends some of another's elements.
    mutating func append(_ range: Range<Int>, of other: borrowing JSONScratch) {
        unsafe append(other.elements(range))
    }

    mutating func removeLast(_ number: Int) {
        precondition(number >= 0 && number <= count, "there are not so many elements")
        count -= number
    }

    /// Some of the elements, until the next is appended.
    @unsafe
    borrowing func elements(_ range: Range<Int>) -> UnsafeBufferPointer<Element> {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "there are not as many")
        return unsafe UnsafeBufferPointer(start: start + range.lowerBound, count: range.count)
    }
}
