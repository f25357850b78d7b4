# Cowix and all that builds, boots and tests it:
#     docker build -t cowix . && docker run -it cowix
# The shell of Cowix is in the terminal; poweroff leaves.
FROM debian:trixie
COPY . /cowix
WORKDIR /cowix
RUN sh tools/setup all check-style && rm -rf /var/lib/apt/lists/*
CMD ["make", "run"]
