.PHONY: demo test ci man install
demo test:
	./do $@
ci:
	.ci/run
man:
	cargo run --release --quiet -- --generate man > target/sniff.1
install: man
	cargo build --release
	install -D target/release/sniff $(DESTDIR)/usr/local/bin/sniff
	install -D -m 644 target/sniff.1 $(DESTDIR)/usr/local/share/man/man1/sniff.1
