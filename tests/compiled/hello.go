// What Go's runtime asks of a kernel: goroutines on several threads, timers,
// files, processes, sockets, signals, faults, and a heap that is collected.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func check(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func goroutines() {
	results := make(chan int)
	for i := 1; i <= 100; i++ {
		go func(n int) {
			time.Sleep(time.Duration(n%7) * time.Millisecond)
			results <- n * n
		}(i)
	}
	sum := 0
	for i := 0; i < 100; i++ {
		sum += <-results
	}
	fmt.Println("goroutines", sum)
}

// Loops that never call anything are interrupted by signals.
func busy() {
	var stop, rounds int32
	var all sync.WaitGroup
	for i := 0; i < 4; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for n := 0; atomic.LoadInt32(&stop) == 0; n++ {
			}
			atomic.AddInt32(&rounds, 1)
		}()
	}
	time.Sleep(50 * time.Millisecond)
	atomic.StoreInt32(&stop, 1)
	all.Wait()
	fmt.Println("busy", rounds)
}

func times() {
	start := time.Now()
	time.Sleep(30 * time.Millisecond)
	took := time.Since(start)
	fmt.Println("sleep", took >= 30*time.Millisecond, took < 5*time.Second)
	select {
	case <-make(chan int):
	case <-time.After(10 * time.Millisecond):
		fmt.Println("timeout")
	}
}

func files() {
	check(os.WriteFile("text", []byte("one\ntwo\nthree\n"), 0640))
	file, err := os.Open("text")
	check(err)
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fmt.Print(lines.Text(), " ")
	}
	info, err := file.Stat()
	check(err)
	fmt.Println(info.Size(), info.Mode())
	check(os.Rename("text", "moved"))
	check(os.MkdirAll("a/b/c", 0755))
	entries, err := os.ReadDir(".")
	check(err)
	for _, entry := range entries {
		fmt.Println(entry.Name(), entry.IsDir())
	}
	_, err = os.Open("text")
	fmt.Println(err, os.IsNotExist(err))
}

func processes() {
	command := exec.Command("tr", "a-z", "A-Z")
	command.Stdin = strings.NewReader("through a pipe\n")
	output, err := command.Output()
	check(err)
	fmt.Print(string(output))
	fmt.Println(exec.Command("sh", "-c", "exit 7").Run())
	child := exec.Command("sleep", "60")
	check(child.Start())
	check(child.Process.Kill())
	fmt.Println(child.Wait())
}

func sockets() {
	listener, err := net.Listen("unix", "socket")
	check(err)
	go func() {
		connection, err := listener.Accept()
		check(err)
		io.Copy(connection, connection)
		connection.Close()
	}()
	connection, err := net.Dial("unix", "socket")
	check(err)
	fmt.Fprintln(connection, "echo")
	check(connection.(*net.UnixConn).CloseWrite())
	answer, err := io.ReadAll(connection)
	check(err)
	fmt.Print(string(answer))
	check(listener.Close())
	_, err = os.Stat("socket")
	fmt.Println(os.IsNotExist(err))
}

func signals() {
	got := make(chan os.Signal, 1)
	signal.Notify(got, syscall.SIGUSR1)
	check(syscall.Kill(os.Getpid(), syscall.SIGUSR1))
	fmt.Println(<-got)
}

func fault() {
	defer func() { fmt.Println("recovered:", recover()) }()
	var nothing *int
	*nothing = 1
}

func heap() {
	kept := make([][]byte, 64)
	for i := 0; i < 4000; i++ {
		kept[i%64] = make([]byte, 32<<10)
		kept[i%64][i] = byte(i)
	}
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println("heap", kept[63][3999], stats.NumGC > 2,
		stats.HeapAlloc < 32<<20)
}

func main() {
	fmt.Println("Hello from Go,", runtime.GOOS, runtime.GOARCH)
	goroutines()
	busy()
	times()
	files()
	processes()
	sockets()
	signals()
	fault()
	heap()
	os.Exit(42)
}
