// client.go URL [KEYLOG]: Go's net/http over HTTP/2, in the clear by golang.org/x/net/http2 or behind TLS. Requests are lines of
// its standard input: METHOD PATH TOKEN, "-" for none; blocks of them between empty lines are made at once.
package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"

	"golang.org/x/net/http2"
)

func transport(url string) http.RoundTripper {
	if strings.HasPrefix(url, "http:") {
		return &http2.Transport{AllowHTTP: true, DialTLS: func(network, address string, _ *tls.Config) (net.Conn, error) {
			return net.Dial(network, address)
		}}
	}
	keys, err := os.OpenFile(os.Args[2], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	return &http2.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, KeyLogWriter: keys}}
}

func ask(client *http.Client, line string) {
	var method, path, token string
	fmt.Sscan(line, &method, &path, &token)
	request, err := http.NewRequest(method, os.Args[1]+path, nil)
	if err != nil {
		panic(err)
	}
	if token != "-" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := client.Do(request)
	if err != nil {
		panic(err)
	}
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	fmt.Println("got", answer.StatusCode)
}

func main() {
	client := &http.Client{Transport: transport(os.Args[1])}
	var all sync.WaitGroup
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if line == "" {
			all.Wait()
			continue
		}
		all.Add(1)
		go func() {
			defer all.Done()
			ask(client, line)
		}()
	}
	all.Wait()
}
