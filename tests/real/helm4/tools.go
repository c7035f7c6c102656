//go:build tools

// Names the program that go.mod pins.
package tools

import _ "helm.sh/helm/v4/cmd/helm"
