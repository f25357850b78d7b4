trap 'echo fifteen' 15; kill -15 $$; trap 15; trap; trap 'echo zero' 0
trap - 0; trap 'echo one' 1 2; trap 1 2; trap
