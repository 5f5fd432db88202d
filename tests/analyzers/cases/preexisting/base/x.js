try { a() } catch (e) { }
