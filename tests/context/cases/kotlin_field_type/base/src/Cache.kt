package shop

class Cache {
    fun get(key: String): Int {
        return 1
    }
}
