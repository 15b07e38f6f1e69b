/// The best few of many, kept in a heap whose root is the worst of them: most of what is offered
/// is turned away by one comparison.
struct BestOf<Score: Comparable & Sendable>: Sendable {
    /// An offer; equal scores come in the order of their ids.
    struct Item: Sendable {
        var id: Int64
        var score: Score
    }

    private let limit: Int
    private var heap: [Item] = []

    /// Keeps so many at most.
    init(_ limit: Int) {
        self.limit = limit
        heap.reserveCapacity(min(limit, 1_024))
    }

    /// What an offer must not be below, once there are enough.
    var worst: Score? { heap.count < limit ? nil : heap.first?.score }

    /// Takes an offer if it is among the best.
    mutating func offer(_ id: Int64, _ score: Score) {
        let item = Item(id: id, score: score)
        if heap.count < limit {
            heap.append(item)
            rise(heap.count - 1)
        } else if let worst = heap.first, Self.isWorse(worst, than: item) {
            heap[0] = item
            sink(0)
        }
    }

    /// The best, best first.
    var ordered: [Item] { heap.sorted { Self.isWorse($1, than: $0) } }

    private static func isWorse(_ left: Item, than right: Item) -> Bool {
        left.score == right.score ? left.id > right.id : left.score < right.score
    }

    private mutating func rise(_ start: Int) {
        var place = start
        while place > 0, Self.isWorse(heap[place], than: heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            var worst = place
            for child in 2 * place + 1..<min(2 * place + 3, max(heap.count, 2 * place + 1)) {
                if Self.isWorse(heap[child], than: heap[worst]) { worst = child }
            }
            guard worst != place else { return }
            heap.swapAt(place, worst)
            place = worst
        }
    }
}
