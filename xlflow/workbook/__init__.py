"""THE EXCEL FILE: its template, its reader, the lossless patch, and its place on a shared drive."""
